import type { DataFile } from '../task-data';
import file from './file.json' with { type: 'json' };

/** The countries that both atlas tasks are about. */
export const ATLAS_FILE: DataFile = file;
