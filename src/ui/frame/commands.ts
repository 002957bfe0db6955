import { sessionProblems } from '../../config/session-checks';
import { lacksDocuments, useDocuments } from '../../store/documents';
import { lab } from '../../store/lab';
import { usePage } from '../../store/page';
import { isLive, useRun } from '../../store/run';
import { useSession } from '../../store/session';
import { useDevice } from '../../store/device';

/** Why the session in the panel cannot be run now; null when it can. */
export function useRunObstacle(): string | null {
  const session = useSession((state) => state.session);
  const drafts = useSession((state) => Object.keys(state.drafts).length);
  const missing = useDevice((state) => state.kind === 'missing');
  const lacking = useDocuments((state) => lacksDocuments(session, state));
  return obstacle(session, drafts, missing, lacking);
}

const obstacle = (
  session: Parameters<typeof sessionProblems>[0],
  drafts: number,
  missing: boolean,
  lacking: boolean,
): string | null => {
  if (missing) return 'This browser offers no WebGPU; the Device view says what to do.';
  if (lacking) return 'The documents to train on are still to be chosen.';
  const count = drafts + sessionProblems(session).length;
  return count > 0 ? `${count === 1 ? 'A setting has' : `${count} settings have`} to be mended first.` : null;
};

/** Starts the session of the panel. */
export function startRun(): void {
  const { session, drafts } = useSession.getState();
  const missing = useDevice.getState().kind === 'missing';
  const lacking = lacksDocuments(session, useDocuments.getState());
  if (obstacle(session, Object.keys(drafts).length, missing, lacking) !== null) return;
  usePage.getState().show({ opened: null, view: 'run', sheet: false });
  void lab.run(session);
}

/** Run, pause or resume, whichever there is. */
export function toggleRun(): void {
  const { status, busy, elsewhere } = useRun.getState();
  if (busy || elsewhere) return;
  if (status === 'running') void lab.pause();
  else if (status === 'paused') void lab.unpause();
  else if (!isLive(status)) startRun();
}

export function stepRun(): void {
  const { status, busy, elsewhere } = useRun.getState();
  if (!busy && !elsewhere && (status === 'running' || status === 'paused')) void lab.step();
}
