import { checkAncestors } from '../../config/ancestors';
import { setPaths } from '../../config/edit-session';
import type { Session } from '../../config/session';
import { checkSession } from '../../config/session-checks';
import type { SharedSession } from '../../session/link';
import type { Arguments } from './args';
import { sessionArgument } from './session-argument';

/** Flags of commands that run a session: `--set` changes it, with `--fork` from a step on. */
export const FORK_FLAGS = { set: 'values', fork: 'value' } as const;
export const FORK_USAGE = '[--set path=value …] [--fork STEP]';

/**
 * Reads SESSION and applies `--set`. With `--fork STEP`, SESSION is the parent, whose steps up to STEP come first, and
 * the changes apply to those after it.
 * @param shared SESSION, where it was read and changed already.
 * @param check checks the changed session; a command that completes the session checks it itself, later.
 * @throws InputError in one sentence; no device is opened.
 */
export function forkArgument(
  args: Arguments,
  shared = sessionArgument(args.positionals[0] ?? ''),
  check: (session: Session, where: string) => void = checkSession,
): SharedSession {
  const { session: parent, ancestors = [] } = shared;
  const session = setPaths(parent, args.all('set'));
  check(session, changedBy(args));
  if (args.has('fork')) {
    const step = args.integer('fork', { fallback: 0, min: 1, max: Number.MAX_SAFE_INTEGER });
    const from = [...ancestors, { session: parent, step, link: '' }];
    checkAncestors(session, from, '--fork');
    return { session, ancestors: from };
  }
  checkAncestors(session, ancestors, '--set');
  return args.all('set').length > 0 ? { session, ancestors } : shared;
}

/** The source of a wrong setting, for the sentence that refuses it. */
export const changedBy = (args: Arguments): string => (args.all('set').length > 0 ? '--set' : 'session');
