import type { SettingsOf } from '../definition';
import { corpus, instructions, traces } from '../shared-settings';

/** The settings that the task world reads; `corpus` is the hash of the base's probe. */
export const worldSettings = { ...traces, ...instructions, ...corpus };

export type WorldSettings = SettingsOf<typeof worldSettings>;
