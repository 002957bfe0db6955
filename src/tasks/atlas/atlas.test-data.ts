import { readFileSync } from 'node:fs';
import { parseShape } from '../../config/parse-session';
import { ATLAS_FILE } from './atlas-file';
import { createTask } from '../registry';
import type { Task } from '../task';
import type { TaskData } from '../task-data';

export const atlasBytes = readFileSync(new URL(`../../../public/${ATLAS_FILE.path}`, import.meta.url));
export const atlasData: TaskData = new Map([[ATLAS_FILE.path, atlasBytes]]);

/** Every query that training may compose has a trace unless `traces_per_depth` says otherwise. */
export const atlasTask = (name: 'atlas-facts' | 'atlas-walk', seed = 1, traces_per_depth = 100_000): Task =>
  createTask(parseShape({ task: { name, traces_per_depth } }).task, seed, atlasData);
