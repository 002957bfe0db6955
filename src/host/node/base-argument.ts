import { fromBase } from '../../config/base-session';
import type { Session } from '../../config/session';
import { InputError } from '../../lib/errors';
import { baseOf, type Base } from '../../training/base';
import { loadCheckpoint } from './checkpoint';
import { keptModels } from './model-store';
import { progress } from './output';

/**
 * The base that a session names, opened: what `--base` gives, else the kept model of its hash.
 * @param named a folder, a .gguf file or a hash; null where the command was given none.
 * @throws InputError where it is nowhere, or another model.
 */
export async function openBase(session: Session, named: string | null): Promise<Base | null> {
  const { sha256, name, from } = session.model.base;
  if (sha256 === '') return null;
  const kept = keptModels().some(({ hash }) => hash === sha256);
  if (named === null && !kept) {
    throw new InputError(
      `--base: missing, expected ${name || 'the base model'} (${sha256.slice(0, 12)}…)${from && `, which came from ${from}`}: a folder, a .gguf file, or kept by lab models add`,
    );
  }
  const { folder, ...opened } = await loadCheckpoint(named ?? sha256);
  progress(`${folder}: hashing`);
  return baseOf(session, opened, await opened.hash(), folder);
}

/**
 * A session that starts from the model that the command was given, where it names none itself: its own shape is left out
 * then, and stage 0, since the base is trained already.
 */
export async function withBase(session: Session, named: string | null): Promise<Session> {
  if (named === null || session.model.base.sha256 !== '') return session;
  const { folder, hash } = await loadCheckpoint(named);
  progress(`${folder}: hashing`);
  const name = folder.split(/[\\/]/).filter(Boolean).at(-1) ?? folder;
  return fromBase(session, { sha256: await hash(), name, from: '' });
}
