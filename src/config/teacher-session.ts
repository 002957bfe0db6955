import { withValues } from './edit-session';
import type { Session } from './session';
import { sessionLeaves } from './session-paths';
import { isOfTeacher } from './tasks';

/** The weight for a session that names a teacher and gives it none: see docs/decisions/teacher.md. */
const TEACHER_WEIGHT = 1;

/** The session without its teacher. */
export function withoutTeacher(session: Session): Session {
  const own = sessionLeaves.filter(({ path }) => isOfTeacher(path));
  return withValues(
    session,
    own.map(({ path, leaf }) => [path, leaf.initial]),
  );
}

/** A session whose stage 1 learns the ranking of an embedder, too: at its own temperature, the embedder's cosines. */
export function withTeacher(session: Session, teacher: Session['sft']['teacher']): Session {
  const settings: [path: string, value: unknown][] = [
    ['sft.teacher.sha256', teacher.sha256],
    ['sft.teacher.name', teacher.name.slice(0, 120)],
    ['sft.teacher.from', teacher.from.slice(0, 200)],
    ['sft.teacher_temperature', session.sft.temperature],
    ['sft.weight_distil', session.sft.weight_distil || TEACHER_WEIGHT],
  ];
  return withValues(session, settings);
}
