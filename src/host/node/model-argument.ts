import type { Session } from '../../config/session';
import type { AnyOpenedModel } from '../../formats/opened-model';
import { InputError } from '../../lib/errors';
import { titleOf } from '../../training/take-home/folders';
import type { Arguments } from './args';
import { keptModels } from './model-store';
import { progress } from './output';

/** The fields with which a session names a model. */
type Named = Session['model']['base'];

interface HashedModel<Opened> {
  opened: Opened;
  hash: string;
  where: string;
}

/** How a flag of the command line names and opens a model: a folder, a file or a hash. */
interface ModelFlag<Opened> {
  flag: 'base' | 'teacher';
  /** The word for the model in messages, where the session gives it no name. */
  what: string;
  /** What the flag may be, for messages. */
  expected: string;
  open: (named: string) => Promise<Opened & { folder: string }>;
}

/** The model of a flag, or a kept one; opened and hashed once, on first use. */
export class ModelArgument<Opened extends Pick<AnyOpenedModel, 'hash'>> {
  private readonly named: string | null;
  private hashed: Promise<HashedModel<Opened>> | null = null;

  constructor(
    args: Arguments,
    private readonly about: ModelFlag<Opened>,
  ) {
    this.named = args.optional(about.flag) ?? null;
  }

  get isGiven(): boolean {
    return this.named !== null;
  }

  /** The fields with which a session should name it; null where the flag is absent. */
  async asNamed(): Promise<Named | null> {
    if (this.named === null) return null;
    const { where, hash } = await this.given(this.named);
    return { sha256: hash, name: titleOf(where), from: '' };
  }

  /**
   * Opens the model that a session names: the flag's, else the kept one of its hash. The caller checks that it is the
   * right one.
   * @throws InputError where there is none.
   */
  of({ sha256, name, from }: Named): Promise<HashedModel<Opened>> {
    const { flag, what, expected } = this.about;
    if (this.named === null && !keptModels().some(({ hash }) => hash === sha256)) {
      throw new InputError(
        `--${flag}: missing, expected ${name || what} (${sha256.slice(0, 12)}…)${from && `, which came from ${from}`}: ${expected}, or kept by lab models add`,
      );
    }
    return this.given(this.named ?? sha256);
  }

  private given(named: string): Promise<HashedModel<Opened>> {
    return (this.hashed ??= this.openHashed(named));
  }

  private async openHashed(named: string): Promise<HashedModel<Opened>> {
    const opened = await this.about.open(named);
    progress(`${opened.folder}: hashing`);
    return { opened, hash: await opened.hash(), where: opened.folder };
  }
}
