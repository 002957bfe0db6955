import { readFileSync } from 'node:fs';
import { defaultSession } from '../config/session';
import { ATLAS_FILE } from './atlas-data';
import { createTask } from './registry';
import type { Task } from './task';
import type { TaskData } from './task-data';

export const atlasBytes = readFileSync(new URL(`../../public/${ATLAS_FILE.path}`, import.meta.url));
export const atlasData: TaskData = new Map([[ATLAS_FILE.path, atlasBytes]]);

export const atlasTask = (name: 'atlas-facts' | 'atlas-walk', seed = 1): Task =>
  createTask({ ...defaultSession.task, name }, seed, atlasData);
