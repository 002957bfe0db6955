import type { SettingsOf } from '../definition';
import { instructions, traces } from '../shared-settings';

/** The settings that both atlas tasks read. */
export const atlasSettings = { ...traces, ...instructions };

export type AtlasSettings = SettingsOf<typeof atlasSettings>;

/** More traces than there are queries: every query that training may compose has one. */
export const ALL_TRACES = 100_000;
