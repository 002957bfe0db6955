import { TASK_LIST } from '../tasks/list';
import type { Preset } from '../tasks/definition';
import { parseSession } from './parse-session';
import type { Session } from './session';

/** The presets of all tasks, in the order the page lists them; the first is the one it opens with. */
export const PRESETS: readonly Preset[] = TASK_LIST.flatMap(({ presets }) => presets);

/** The session of a preset; `undefined` where there is none of that name. */
export function presetSession(name: string): Session | undefined {
  const preset = PRESETS.find((entry) => entry.name === name);
  return preset && parseSession(preset.overrides, `preset ${name}`);
}
