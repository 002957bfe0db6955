import type { Session } from '../../../config/session';
import { asDecoder } from '../../../formats/open-model';
import { InputError } from '../../../lib/errors';
import { baseOf, type Base } from '../../../training/base';
import type { ModelStore } from './model-store';

/**
 * Opens the base that a session names from this browser's store; null where the session names none.
 * @throws InputError where it is not there: the page then offers to add it.
 */
export async function keptBase(store: ModelStore, session: Session): Promise<Base | null> {
  const { sha256, name, from } = session.model.base;
  if (sha256 === '') return null;
  const kept = await store.list();
  if (!kept.some(({ hash }) => hash === sha256)) {
    const source = from === '' ? '' : ` It came from ${from}.`;
    throw new InputError(
      `This session starts from ${name || 'a model'} (SHA-256 ${sha256.slice(0, 12)}…), which is not in this browser: add it first.${source}`,
      'no-model',
    );
  }
  const { opened } = await store.model(sha256);
  // It was hashed when it was kept under its hash.
  const where = name || sha256.slice(0, 12);
  return baseOf(session, asDecoder(opened, where), sha256, where);
}
