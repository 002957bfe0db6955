import { checkAncestors } from '../../config/ancestors';
import { applySettings } from '../../config/edit-session';
import type { SharedSession } from '../../session/link';
import type { Arguments } from './args';
import { sessionArgument } from './session-argument';

/** Flags of commands that take a session to run: `--set` changes it, with `--fork` from a step on. */
export const FORK_FLAGS = { set: 'values', fork: 'value' } as const;
export const FORK_USAGE = '[--set path=value …] [--fork STEP]';

/**
 * SESSION with what `--set` changes in it. With `--fork STEP` it is the parent, whose steps up to STEP come first, and the
 * changes go for those after it.
 * @param shared what SESSION is, where something else was put into it already.
 * @throws InputError in one sentence; no device is asked for.
 */
export function forkArgument(args: Arguments, shared = sessionArgument(args.positionals[0] ?? '')): SharedSession {
  const { session: parent, ancestors = [] } = shared;
  const session = applySettings(parent, args.all('set'));
  if (args.has('fork')) {
    const step = args.integer('fork', { fallback: 0, min: 1, max: Number.MAX_SAFE_INTEGER });
    const from = [...ancestors, { session: parent, step, link: '' }];
    checkAncestors(session, from, '--fork');
    return { session, ancestors: from };
  }
  checkAncestors(session, ancestors, '--set');
  return args.all('set').length > 0 ? { session, ancestors } : shared;
}
