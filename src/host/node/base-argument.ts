import { fromBase } from '../../config/base-session';
import type { Session } from '../../config/session';
import type { OpenedModel } from '../../formats/opened-model';
import { InputError } from '../../lib/errors';
import { baseOf, type Base } from '../../training/base';
import { titleOf } from '../../training/take-home/folders';
import type { Arguments } from './args';
import { loadCheckpoint } from './checkpoint';
import { keptModels } from './model-store';
import { progress } from './output';

interface HashedModel {
  opened: OpenedModel;
  hash: string;
  where: string;
}

/** `--base MODEL`: a folder, a .gguf file or a hash; it is opened and hashed once, by whatever asks for it first. */
export class BaseArgument {
  private readonly named: string | null;
  private hashed: Promise<HashedModel> | null = null;

  constructor(args: Arguments) {
    this.named = args.optional('base') ?? null;
  }

  /**
   * A session that starts from the model that the command was given, where it names none itself: its own shape is left out
   * then, and stage 0, since the base is trained already.
   */
  async startFrom(session: Session): Promise<Session> {
    if (this.named === null || session.model.base.sha256 !== '') return session;
    const { where, hash } = await this.given(this.named);
    return fromBase(session, { sha256: hash, name: titleOf(where), from: '' });
  }

  /**
   * The base that a session names, opened: what the command was given, else the kept model of its hash.
   * @throws InputError where it is nowhere, or another model.
   */
  async open(session: Session): Promise<Base | null> {
    const { sha256, name, from } = session.model.base;
    if (sha256 === '') return null;
    if (this.named === null && !keptModels().some(({ hash }) => hash === sha256)) {
      throw new InputError(
        `--base: missing, expected ${name || 'the base model'} (${sha256.slice(0, 12)}…)${from && `, which came from ${from}`}: a folder, a .gguf file, or kept by lab models add`,
      );
    }
    const { opened, hash, where } = await this.given(this.named ?? sha256);
    return baseOf(session, opened, hash, where);
  }

  private given(named: string): Promise<HashedModel> {
    return (this.hashed ??= hashedModel(named));
  }
}

async function hashedModel(named: string): Promise<HashedModel> {
  const { folder: where, ...opened } = await loadCheckpoint(named);
  progress(`${where}: hashing`);
  return { opened, hash: await opened.hash(), where };
}
