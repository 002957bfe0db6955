import { useEffect, useRef, useState } from 'react';
import { clearQueue, runSeeds } from '../../../store/queue';
import { importDropped, importRun, readRuns } from '../../../store/run-list';
import { droppedFolder, pickedFolder } from '../../documents/dropped';
import { useRuns } from '../../../store/runs';
import { useSession } from '../../../store/session';
import type { ReadableRun } from '../../../view/compare-runs';
import { plural } from '../../../view/format';
import { runEntries } from '../../../view/run-entries';
import { useRunObstacle } from '../../frame/commands';
import { usePage } from '../../../store/page';
import './runs.css';
import { StorageUse } from '../../storage/storage-use';
import { ErrorNote } from '../../kit/error-note';
import { Compare } from './compare';
import { RunControls } from './run-controls';
import { useRunQuery } from '../../../store/run-query';
import { RunRow } from './run-row';
import { SeedsRow } from './seeds-row';

const SEEDS = 3;

/** The Runs view: the list of kept runs, with search and filters, import, and a comparison. */
export default function RunsView() {
  const runs = useRuns((state) => state.runs);
  const error = useRuns((state) => state.error);
  const ticked = useRuns((state) => state.ticked);
  const [comparing, setComparing] = useState(false);
  const query = useRunQuery((slice) => slice.query);
  const entries = runEntries(runs ?? [], query);
  useEffect(() => void readRuns(), []);

  // The oldest first: what came later is held against it.
  const chosen = (runs ?? [])
    .filter((run): run is ReadableRun => run.run !== null && ticked.includes(run.id))
    .sort((a, b) => a.created - b.created);
  if (comparing && chosen.length > 1) return <Compare runs={chosen} onClose={() => setComparing(false)} />;
  return (
    <div
      className="view-body"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault();
        void droppedFolder(event.dataTransfer.items).then(({ name, files }) => importDropped(name, files));
      }}
    >
      <div>
        <h1>Runs</h1>
        <StorageUse />
      </div>
      <div className="button-row">
        <button
          type="button"
          className="button primary"
          disabled={chosen.length < 2}
          title={chosen.length < 2 ? 'Tick two runs or more to compare them' : undefined}
          onClick={() => setComparing(true)}
        >
          Compare{chosen.length > 1 && ` ${chosen.length} runs`}
        </button>
        <ImportButton />
        <SeedsButton />
      </div>
      <Queue />
      {error !== null && (
        <ErrorNote
          what="reading of the runs"
          help={{ label: 'Try again', run: () => void readRuns() }}
          onClose={() => useRuns.getState().closeError()}
        >
          {`The runs could not be read: ${error}`}
        </ErrorNote>
      )}
      {runs === null && error === null && <p className="muted">Reading the runs.</p>}
      {runs?.length === 0 && (
        <p className="muted">
          No runs yet. Every run of this page is kept here, with its curves, traces and last checkpoint. Start one with
          Run, or drop a run file here, or the folder of a run that a cluster trained.
        </p>
      )}
      {runs !== null && runs.length > 0 && (
        <>
          <RunControls runs={runs} shown={entries.length} />
          {entries.length === 0 && <p className="muted">No run fits that.</p>}
          <ul className="run-list" aria-label="Runs">
            {entries.map((entry) =>
              entry.kind === 'run' ? (
                <RunRow key={entry.stored.id} stored={entry.stored} />
              ) : (
                <SeedsRow key={entry.group.id} group={entry.group} />
              ),
            )}
          </ul>
        </>
      )}
    </div>
  );
}

function ImportButton() {
  const field = useRef<HTMLInputElement>(null);
  const folder = useRef<HTMLInputElement | null>(null);
  return (
    <>
      <button type="button" className="button" onClick={() => field.current?.click()}>
        Import a run
      </button>
      <input
        ref={field}
        type="file"
        accept=".zip,application/zip"
        className="hidden-text"
        tabIndex={-1}
        aria-label="Run file to import"
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file) void importRun(file);
        }}
      />
      <button
        type="button"
        className="button"
        title="The folder run/ that train.py wrote; it may be dropped here too"
        onClick={() => folder.current?.click()}
      >
        Import from a cluster
      </button>
      <input
        ref={(element) => {
          folder.current = element;
          // React knows no attribute for it.
          if (element) element.webkitdirectory = true;
        }}
        type="file"
        multiple
        className="hidden-text"
        tabIndex={-1}
        aria-label="Folder from a cluster to import"
        onChange={(event) => {
          const { files } = event.target;
          const found = files && files.length > 0 ? pickedFolder(files) : null;
          event.target.value = '';
          if (found) void importDropped(found.name, found.files);
        }}
      />
    </>
  );
}

function SeedsButton() {
  const obstacle = useRunObstacle();
  // Another seed has other steps before the fork.
  const isFork = useSession((state) => state.ancestors.length > 0);
  const reason = isFork ? 'A fork has the seed of its parent' : obstacle?.reason;
  return (
    <button
      type="button"
      className="button"
      disabled={reason !== undefined}
      title={reason ?? 'The session of the panel with its seed and the next two, one run after the other'}
      onClick={() => {
        runSeeds(useSession.getState().session, SEEDS);
        usePage.getState().show({ opened: null, view: 'run' });
      }}
    >
      Run with {SEEDS} seeds
    </button>
  );
}

function Queue() {
  const queued = useRuns((state) => state.queued);
  if (queued === 0) return null;
  return (
    <p className="callout" role="status">
      <span>
        {plural(queued, 'run')} of this session {queued === 1 ? 'waits' : 'wait'} for the one that goes on.{' '}
        <button type="button" className="link-button" onClick={clearQueue}>
          Do not start {queued === 1 ? 'it' : 'them'}
        </button>
      </span>
    </p>
  );
}
