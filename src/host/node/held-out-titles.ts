import { readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { parseSession } from '../../config/parse-session';
import { isTitleHeldOut } from '../../tasks/text/task';

/**
 * Returns a function that says whether the run of a checkpoint left a title out of training, where the checkpoint lies
 * in the folder of a run on a user's own documents.
 * @returns undefined for any other model, whose training used none of these titles.
 */
export function heldOutTitles(checkpoint: string): ((row: number) => boolean) | undefined {
  try {
    const session = parseSession(JSON.parse(readFileSync(join(dirname(resolve(checkpoint)), 'session.json'), 'utf8')));
    return session.task.name === 'text' ? (row) => isTitleHeldOut(session.seed, row) : undefined;
  } catch {
    return undefined;
  }
}
