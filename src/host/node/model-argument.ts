import type { Session } from '../../config/session';
import type { AnyOpenedModel } from '../../formats/opened-model';
import { InputError } from '../../lib/errors';
import { titleOf } from '../../training/take-home/folders';
import type { Arguments } from './args';
import { keptModels } from './model-store';
import { progress } from './output';

/** How a session names a model. */
type Named = Session['model']['base'];

interface HashedModel<Opened> {
  opened: Opened;
  hash: string;
  where: string;
}

/** What a flag of the command line says of a model: a folder, a file or a hash. */
interface ModelFlag<Opened> {
  flag: 'base' | 'teacher';
  /** What it is where a session gives it no name. */
  what: string;
  /** What may be given. */
  expected: string;
  open: (named: string) => Promise<Opened & { folder: string }>;
}

/** A model that a command was given by a flag, or that is kept: opened and hashed once, by whatever asks for it first. */
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

  /** What a session is to name it by; null where none was given. */
  async asNamed(): Promise<Named | null> {
    if (this.named === null) return null;
    const { where, hash } = await this.given(this.named);
    return { sha256: hash, name: titleOf(where), from: '' };
  }

  /**
   * The model that a session names: what the command was given, else the kept one of its hash. Whether it is the one is for
   * the caller to check.
   * @throws InputError where it is nowhere.
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
