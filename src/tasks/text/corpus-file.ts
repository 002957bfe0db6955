import { InputError } from '../../lib/errors';
import { isSha256 } from '../../lib/hash';
import type { DataFile } from '../task-data';
import type { TextSettings } from './settings';

const OWN = 'corpus/';

/** The corpus that a session names by its content. @throws InputError where it names none. */
export function textFile({ corpus }: Pick<TextSettings, 'corpus'>): DataFile {
  if (!isSha256(corpus)) {
    throw new InputError(
      `session: task.corpus is ${JSON.stringify(corpus)}, expected the hash of the documents to train on`,
    );
  }
  return { path: `${OWN}${corpus}.jsonl`, sha256: corpus };
}

/** Whether a file is the user's own, and so is not served beside the page. */
export const isOwn = ({ path }: DataFile): boolean => path.startsWith(OWN);
