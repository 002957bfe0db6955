import type { Session } from '../../../config/session';
import { InputError } from '../../../lib/errors';
import { isTaught, teacherOf, type Teacher } from '../../../training/teacher';
import type { EncodedStore } from '../benchmark/encoded-store';
import type { ModelStore } from './model-store';

/**
 * Opens the teacher that a session names from this browser's store; null where the session names none, and where the
 * teacher is not kept: a trained run can be shown without it.
 * @throws InputError for a model of another kind.
 */
export async function keptTeacher(store: ModelStore, session: Session, encoded: EncodedStore): Promise<Teacher | null> {
  const { sha256, name } = session.sft.teacher;
  if (!isTaught(session) || !(await store.list()).some(({ hash }) => hash === sha256)) return null;
  const { opened } = await store.model(sha256);
  // It was hashed when it was kept under its hash.
  return { ...teacherOf(session, opened, sha256, name || sha256.slice(0, 12)), kept: (key) => encoded.under(key) };
}

/**
 * Checks before training that the session's teacher is in this browser.
 * @throws InputError where it is not: the page then offers to add it.
 */
export function checkTeacherIsHere(session: Session, teacher: Teacher | null | undefined): void {
  if (!isTaught(session) || teacher) return;
  const { sha256, name, from } = session.sft.teacher;
  const source = from === '' ? '' : ` It came from ${from}.`;
  throw new InputError(
    `This session learns from ${name || 'an embedder'} (SHA-256 ${sha256.slice(0, 12)}…), which is not in this browser: add it first.${source}`,
    'no-model',
  );
}
