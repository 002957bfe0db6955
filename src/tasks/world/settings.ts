import type { SettingsOf } from '../definition';
import { corpus, instructions, traces } from '../shared-settings';

/** What the task world reads; `corpus` is the hash of what its base knows. */
export const worldSettings = { ...traces, ...instructions, ...corpus };

export type WorldSettings = SettingsOf<typeof worldSettings>;
