import type { Session } from '../config/session';
import type { DataFile } from './task-data';
import { isOwn } from './text/corpus-file';
import { PROBE_PATH } from './world/files';

/** Whether a file is not served beside the page: a user's own documents, or the probe of a base. */
export const isBrought = (file: DataFile): boolean => isOwn(file) || file.path === PROBE_PATH;

/** The name of such a file within a run's file. */
export const broughtName = ({ name }: Pick<Session['task'], 'name'>): string =>
  name === 'world' ? 'probe.json' : 'corpus.jsonl';
