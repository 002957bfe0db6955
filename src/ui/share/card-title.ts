import { PRESETS } from '../../config/presets';
import type { Session } from '../../config/session';
import { nearestPreset } from '../../store/session';

/** What a link's session is called: by its sender, or by the preset nearest to it. */
export function cardTitle(session: Session): string {
  if (session.title !== '') return session.title;
  const preset = nearestPreset(session);
  return PRESETS.find(({ name }) => name === preset)?.title ?? 'A shared session';
}
