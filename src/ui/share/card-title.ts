import { PRESETS } from '../../config/presets';
import type { Session } from '../../config/session';
import { nearestPreset } from '../../store/session';

/** The name of a link's session: its sender's, or the nearest preset's. */
export function cardTitle(session: Session): string {
  if (session.title !== '') return session.title;
  const preset = nearestPreset(session);
  return PRESETS.find(({ name }) => name === preset)?.title ?? 'A shared session';
}
