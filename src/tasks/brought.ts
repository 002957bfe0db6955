import type { Session } from '../config/session';
import type { DataFile } from './task-data';
import { isOwn } from './text/corpus-file';
import { PROBE_PATH } from './world/files';

/** Whether a file lies nowhere beside the page: one's own documents, or what a base knows of the world. */
export const isBrought = (file: DataFile): boolean => isOwn(file) || file.path === PROBE_PATH;

/** What it is called in the file of a run, with which it goes. */
export const broughtName = ({ name }: Pick<Session['task'], 'name'>): string =>
  name === 'world' ? 'probe.json' : 'corpus.jsonl';
