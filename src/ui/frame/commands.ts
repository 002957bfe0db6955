import { useMemo } from 'react';
import type { Session } from '../../config/session';
import { lacksDocuments, useDocuments } from '../../store/documents';
import { lab } from '../../store/lab';
import { usePage } from '../../store/page';
import { isElsewhere, isLive, useBusy, useRun } from '../../store/run';
import { keptParentNow } from '../../store/fork';
import { panelProblems, useSession, type SessionState } from '../../store/session';
import { useDevice } from '../../store/device';
import { fieldName } from '../../view/session-words';

/** A place of the page where a problem can be mended. */
export type Place =
  | { kind: 'field'; path: string; label: string }
  | { kind: 'json'; label: string }
  | { kind: 'view'; view: string; label: string };

/** Why the session in the panel cannot be run now. */
export interface Obstacle {
  reason: string;
  /** The place where the problem can be mended; null where there is none on the page. */
  place: Place | null;
}

/** The reason why the session cannot run; null when it can. */
export function useRunObstacle(): Obstacle | null {
  const session = useSession((state) => state.session);
  const drafts = useSession((state) => state.drafts);
  const json = useSession((state) => state.json);
  const ancestors = useSession((state) => state.ancestors);
  const missing = useDevice((state) => state.kind === 'missing');
  const lacking = useDocuments((state) => lacksDocuments(session, state));
  return useMemo(
    () => obstacleOf(session, { drafts, json, ancestors }, { missing, lacking }),
    [session, drafts, json, ancestors, missing, lacking],
  );
}

function obstacleOf(
  session: Session,
  { drafts, json, ancestors }: Pick<SessionState, 'drafts' | 'json' | 'ancestors'>,
  { missing, lacking }: { missing: boolean; lacking: boolean },
): Obstacle | null {
  if (missing) {
    const place: Place = { kind: 'view', view: 'device', label: 'What to do' };
    return { reason: 'This browser offers no WebGPU.', place };
  }
  if (json !== null) {
    return { reason: 'The JSON of the session cannot be read.', place: { kind: 'json', label: 'Go to the JSON' } };
  }
  if (lacking) {
    const place: Place = { kind: 'view', view: 'run', label: 'Choose them' };
    return { reason: 'The documents to train on are still to be chosen.', place };
  }
  const wrong = [...new Set([...Object.keys(drafts), ...panelProblems(session, ancestors).map(({ path }) => path)])];
  const [path] = wrong;
  if (path === undefined) return null;
  if (path === '') return { reason: 'A fork needs steps after the one that it leaves its parent at.', place: null };
  const reason =
    wrong.length === 1 ? 'A setting has to be mended first.' : `${wrong.length} settings have to be mended first.`;
  return { reason, place: { kind: 'field', path, label: `Go to ${fieldName(path)}` } };
}

/** Starts the session of the panel. */
export function startRun(): void {
  const state = useSession.getState();
  const missing = useDevice.getState().kind === 'missing';
  const lacking = lacksDocuments(state.session, useDocuments.getState());
  if (obstacleOf(state.session, state, { missing, lacking }) !== null) return;
  usePage.getState().show({ opened: null, view: 'run', sheet: false });
  const { session, ancestors } = state;
  void lab.run(session, ancestors, { parent: keptParentNow(ancestors) });
}

/** Run, pause or resume, whichever there is. */
export function toggleRun(): void {
  const run = useRun.getState();
  const { status } = run;
  if (useBusy.getState().busy || isElsewhere(run)) return;
  if (status === 'running') void lab.pause();
  else if (status === 'paused') void lab.unpause();
  else if (!isLive(status)) startRun();
}

export function stepRun(): void {
  const run = useRun.getState();
  const { status } = run;
  if (!useBusy.getState().busy && !isElsewhere(run) && (status === 'running' || status === 'paused')) void lab.step();
}
