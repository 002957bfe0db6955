import { useMemo } from 'react';
import type { Ancestor } from '../../config/ancestors';
import { takeSession } from '../../store/run-list';
import { usePage } from '../../store/page';
import { isElsewhere, useRan, useRun, type PageStatus } from '../../store/run';
import { useRuns } from '../../store/runs';
import { useSession } from '../../store/session';
import { streams } from '../../store/streams';
import { forkWords, sessionName } from '../../view/run-words';
import { useTick } from '../kit/use-tick';
import { RunButton } from './run-button';

export const STATUS_WORDS: Readonly<Record<PageStatus, string>> = {
  ready: 'ready',
  preparing: 'preparing',
  running: 'running',
  paused: 'paused',
  finished: 'finished',
  stopped: 'stopped',
  failed: 'failed',
  interrupted: 'interrupted',
};

/** The name of the run on the page: its user's, or its session's. */
function useRunName(): string {
  const id = useRan((ran) => ran.name);
  const session = useRan((ran) => ran.session);
  const title = useRuns((state) => state.runs?.find((run) => run.id === id)?.title ?? '');
  return useMemo(() => title || (session ? sessionName(session) : ''), [title, session]);
}

/** A line above a view: whose numbers it shows, and the status of that run. */
export function RunStrip() {
  const status = useRun((state) => state.status);
  const elsewhere = useRun(isElsewhere);
  const name = useRunName();
  const parent = useRan(({ ancestors }) => ancestors.at(-1));
  return (
    <p className="run-strip">
      <span className={`dot ${status}`} aria-hidden="true" />
      <span>
        <strong>{name}</strong> <span className="muted">{STATUS_WORDS[status]}</span>
        {elsewhere && <span className="muted"> in another tab</span>}
        {parent && (
          <span className="muted">
            {' · '}
            {forkWords(parent)}
            <ParentStanding parent={parent} />
          </span>
        )}
      </span>
    </p>
  );
}

/** Whether the steps that a fork shares with its parent gave the parent's fingerprint, where that is known. */
function ParentStanding({ parent }: { parent: Ancestor }) {
  useTick();
  const found = streams.links[parent.step - 1];
  if (found === undefined || parent.link === '') return null;
  const digits = Math.min(found.length, parent.link.length);
  return found.slice(0, digits) === parent.link.slice(0, digits) ? (
    <>, whose steps came out the same</>
  ) : (
    <strong className="run-verdict different">, whose steps came out differently here</strong>
  );
}

/** Shown instead of a view while the session has not run: how to run it, and the way back to the run that is there. */
export function NotRun() {
  const session = useSession((state) => state.session);
  const name = useMemo(() => sessionName(session), [session]);
  return (
    <div className="view-body">
      <div className="empty">
        <h1>Not run yet</h1>
        <p>
          <strong>{name}</strong> was changed, chosen or opened since the last run. What it does is seen here once it
          runs.
        </p>
        <RunButton />
        <BackToRun />
      </div>
    </div>
  );
}

/** Puts the session of the run that is on the page back into the panel, and so its numbers onto the screens. */
export function BackToRun() {
  const session = useRan((ran) => ran.session);
  const ancestors = useRan((ran) => ran.ancestors);
  const status = useRun((state) => state.status);
  const name = useRunName();
  if (!session || !ancestors) return null;
  return (
    <p className="muted">
      The last run, <strong>{name}</strong> ({STATUS_WORDS[status]}), is still here.{' '}
      <button
        type="button"
        className="link-button"
        onClick={() => {
          usePage.getState().show({ opened: null });
          takeSession(session, ancestors);
        }}
      >
        Back to it
      </button>
    </p>
  );
}
