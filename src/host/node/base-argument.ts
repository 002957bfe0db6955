import { fromBase } from '../../config/base-session';
import type { Session } from '../../config/session';
import { baseOf, type Base } from '../../training/base';
import type { Arguments } from './args';
import { loadCheckpoint } from './checkpoint';
import { ModelArgument } from './model-argument';

/** The flag `--base MODEL`: a folder, a .gguf file or a hash. */
export class BaseArgument {
  private readonly model;

  constructor(args: Arguments) {
    const about = { flag: 'base', what: 'the base model', expected: 'a folder, a .gguf file', open: loadCheckpoint } as const; // prettier-ignore
    this.model = new ModelArgument(args, about);
  }

  /**
   * The session with the base of the flag, where it names none itself: then its own shape is left out, and stage 0,
   * since the base is trained already.
   */
  async startFrom(session: Session): Promise<Session> {
    if (session.model.base.sha256 !== '') return session;
    const base = await this.model.asNamed();
    return base ? fromBase(session, base) : session;
  }

  /**
   * Opens the base that a session names: the flag's model, else the kept one of its hash.
   * @throws InputError where there is none, or it is another model.
   */
  async open(session: Session): Promise<Base | null> {
    const { base } = session.model;
    if (base.sha256 === '') return null;
    const { opened, hash, where } = await this.model.of(base);
    return baseOf(session, opened, hash, where);
  }
}
