import { existsSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { checkAncestors } from '../../config/ancestors';
import { parseSession } from '../../config/parse-session';
import { InputError } from '../../lib/errors';
import type { SharedSession } from '../../session/link';
import { resolveSession } from '../../session/resolve';
import { ANCESTORS, readAncestors } from './run-folder';

/** The largest session file in bytes: no session is that large, while a checkpoint named by mistake is. */
const LARGEST_FILE = 1_000_000;

/**
 * Reads SESSION of the command line: a preset's name, a JSON file (or its text), a run's folder, a link or its
 * fragment.
 * @param parse parses JSON, as `resolveSession` takes it.
 * @throws InputError in one sentence; no device is opened.
 */
export function sessionArgument(text: string, parse: typeof parseSession = parseSession): SharedSession {
  const own = join(text, 'session.json');
  if (text === '' || !existsSync(own)) return resolveSession(text, readSessionFile, parse);
  const { session } = resolveSession(own, readSessionFile);
  const ancestors = readAncestors(text);
  checkAncestors(session, ancestors, join(text, ANCESTORS));
  return { session, ...(ancestors.length > 0 ? { ancestors } : {}) };
}

/** The text of a file; `undefined` where there is none. */
function readSessionFile(path: string): string | undefined {
  let bytes: Uint8Array;
  try {
    const found = statSync(path);
    if (!found.isFile()) throw new InputError(`${path}: not a file, expected a session as JSON`);
    if (found.size > LARGEST_FILE) {
      throw new InputError(`${path}: ${found.size} bytes, expected a session of at most ${LARGEST_FILE}`);
    }
    bytes = readFileSync(path);
  } catch (error) {
    if (error instanceof InputError) throw error;
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'EACCES' || code === 'EPERM') {
      throw new InputError(`${path}: not readable, expected a session as JSON`);
    }
    // Whatever else keeps the system from finding a file under that name: it is none.
    return undefined;
  }
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new InputError(`${path}: not UTF-8, expected a session as JSON`);
  }
}
