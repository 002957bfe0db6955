import { corpusOf } from '../../../config/tasks';
import { useState } from 'react';
import type { StoredRun } from '../../../host/browser/api';
import {
  deleteRun,
  describeRun,
  downloadModel,
  exportRun,
  goOnWith,
  handOver,
  openRun,
  publishRun,
} from '../../../store/run-list';
import { usePage } from '../../../store/page';
import { isElsewhere, nameOnPage, useRun } from '../../../store/run';
import { useRuns } from '../../../store/runs';
import { formatAgo, formatBytes, formatDuration } from '../../../view/format';
import { entryEstimate, RUN_METRICS } from '../../../view/run-entries';
import { runFileName, forkWords, isFromCluster, runName, STATE_WORDS } from '../../../view/run-words';
import { formatEstimate } from '../../../view/score';
import { verdictOf } from '../../../view/verdict';
import { DownIcon, PlayIcon } from '../../kit/icons';
import { TakeRunHome } from '../../models/take-home';
import { focusOr } from '../../kit/return-focus';
import { ForkChoice } from './fork-choice';
import { useRunQuery } from '../../../store/run-query';
import { Sparkline } from './sparkline';
import { Tags } from './tags';

/** A row of the list of runs, which opens to its details and actions. */
export function RunRow({ stored }: { stored: StoredRun }) {
  const { id, run, state, bytes, created, tags } = stored;
  const [open, setOpen] = useState(false);
  const ticked = useRuns((slice) => slice.ticked.includes(id));
  const tick = useRuns((slice) => slice.tick);
  const here = useRun((slice) => nameOnPage(slice) === id && !isElsewhere(slice));
  const name = runName(stored);
  const { metric } = useRunQuery((slice) => slice.query);
  const estimate = entryEstimate({ kind: 'run', stored }, metric);
  const { label } = RUN_METRICS.find(({ value }) => value === metric)!;
  const show = (action: Promise<void>): void => {
    usePage.getState().show({ opened: null, view: 'run' });
    void action;
  };

  return (
    <li className="run-row" aria-label={name}>
      <div className="run-line">
        <input
          type="checkbox"
          aria-label={`Compare ${name}`}
          checked={ticked}
          disabled={run === null}
          onChange={(event) => tick([id], event.target.checked)}
        />
        <span className="run-name">
          <strong title={name}>{name}</strong>
          <span className="muted small">
            {state === 'held' ? (here ? 'on this page' : 'in another tab') : STATE_WORDS[state]}
            {created > 0 && (
              <>
                {' · '}
                <time dateTime={new Date(created).toISOString()} title={new Date(created).toLocaleString()}>
                  {formatAgo(created)}
                </time>
              </>
            )}
            {' · '}
            {formatBytes(bytes)}
            {run && run.spentMs > 0 && ` · ${formatDuration(run.spentMs)}`}
            {run && run.ancestors.length > 0 && ` · ${forkWords(run.ancestors.at(-1)!)}`}
            <Tags tags={tags} />
          </span>
        </span>
        <Sparkline curves={run ? [run.curve] : []} />
        <span className="run-metric">
          {estimate ? (
            <>
              <span className="muted small">{label}</span> {formatEstimate(estimate)}
            </>
          ) : (
            <span className="muted small">{progress(stored)}</span>
          )}
          <Verdict stored={stored} />
        </span>
        <span className="run-actions">
          {state === 'interrupted' || (state === 'stopped' && run && run.checkpoints.length > 0) ? (
            <button type="button" className="button" onClick={() => show(goOnWith(stored))}>
              <PlayIcon />
              Go on
            </button>
          ) : null}
          {run && !here && (
            <button type="button" className="button" aria-label={`Open ${name}`} onClick={() => show(openRun(stored))}>
              Open
            </button>
          )}
          <button
            type="button"
            className="button icon-only"
            aria-expanded={open}
            aria-label={`More of ${name}`}
            title="Rename, notes, tags, export, delete"
            onClick={() => setOpen(!open)}
          >
            <DownIcon />
          </button>
        </span>
      </div>
      {open && <Details stored={stored} name={name} />}
    </li>
  );
}

function progress({ run, error }: StoredRun): string {
  if (!run) return error?.message ?? '';
  const step = run.checkpoints.at(-1);
  return step === undefined ? `of ${run.totalSteps} steps` : `${step} of ${run.totalSteps} steps are kept`;
}

/** Whether a run agrees with the claim of its link. */
function Verdict({ stored: { run } }: { stored: StoredRun }) {
  if (!run?.claim || !run.fingerprint) return null;
  const { session, claim, fingerprint, numerics, evaluation, adapter } = run;
  const verdict = verdictOf(session, claim, { session, fingerprint, numerics, evaluation, adapter });
  const words =
    verdict.kind === 'reproduced' ? 'reproduced' : verdict.kind === 'different' ? 'came out differently' : '';
  return <span className={`small run-verdict ${verdict.kind}`}>{words}</span>;
}

function Details({ stored, name }: { stored: StoredRun; name: string }) {
  const { id, title, notes, tags, run, state } = stored;
  const [published, setPublished] = useState(false);
  return (
    <div className="run-details">
      <label>
        Name
        <input
          className="field-input"
          defaultValue={title}
          placeholder={name}
          maxLength={80}
          onBlur={(event) => {
            if (event.target.value.trim() !== title) void describeRun(id, { title: event.target.value.trim() });
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur();
          }}
        />
      </label>
      <label>
        Tags, with commas between them
        <input
          className="field-input"
          defaultValue={tags.join(', ')}
          onBlur={(event) => {
            const next = tagsOf(event.target.value);
            if (next.join() !== tags.join()) void describeRun(id, { tags: next });
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') event.currentTarget.blur();
          }}
        />
      </label>
      <label className="run-notes">
        Notes
        <textarea
          className="field-input"
          rows={3}
          defaultValue={notes}
          maxLength={10_000}
          onBlur={(event) => {
            if (event.target.value !== notes) void describeRun(id, { notes: event.target.value });
          }}
        />
      </label>
      {run && (
        <p className="muted small">
          {run.adapter !== '' && `On ${run.adapter}. `}
          {run.fingerprint !== null && (
            <>
              Fingerprint <code title={run.fingerprint}>{run.fingerprint.slice(0, 12)}</code>.
            </>
          )}
        </p>
      )}
      {run && run.checkpoints.length > 0 && !isFromCluster(run) && <ForkChoice id={id} run={run} />}
      {run && corpusOf(run.session.task) !== '' && (
        <p className="muted small">
          Exported or published, it takes the documents along that it trains on, if they are here.
        </p>
      )}
      {run && run.checkpoints.length > 0 && run.session.model.base.sha256 !== '' && (
        <TakeRunHome run={id} name={name} isWhole={run.session.model.adapter.rank === 0} />
      )}
      <p className="button-row">
        {run && (
          <button type="button" className="button" onClick={() => void exportRun(id, runFileName(name, 'run.zip'))}>
            Export as one file
          </button>
        )}
        {run && (
          <button
            type="button"
            className="button"
            title="A folder for any static host, beside the built lab: readers see curves, traces, graph and evaluation, and train nothing"
            onClick={() => {
              setPublished(true);
              void publishRun(id, runFileName(name, ''));
            }}
          >
            Publish as a page folder
          </button>
        )}
        {run && run.checkpoints.length > 0 && run.session.model.base.sha256 === '' && (
          <button
            type="button"
            className="button"
            title="Weights, tokenizer and a model card in Hugging Face layout, which transformers and the command line load"
            onClick={() => void downloadModel(id, runFileName(name, 'model.zip'))}
          >
            Download the model
          </button>
        )}
        {run && run.ancestors.length === 0 && run.session.sft.steps + run.session.grpo.steps > 0 && (
          <button
            type="button"
            className="button"
            title="Stages 1 and 2 of its session as a folder that trains them with accelerate and TRL; its run is imported here again"
            onClick={() => void handOver(id, runFileName(name, 'cluster.zip'))}
          >
            Hand over to a cluster
          </button>
        )}
        <button
          type="button"
          className="button"
          disabled={state === 'held'}
          title={state === 'held' ? 'Stop it first' : undefined}
          onClick={(event) => {
            const next = neighbourOf(event.currentTarget);
            void deleteRun(stored, name).then(() => focusOr(next));
          }}
        >
          Delete
        </button>
      </p>
      {published && (
        <p className="small" role="status">
          Unpack the zip beside <code>index.html</code> of a built lab (the folder <code>dist/</code> after{' '}
          <code>npm run build</code>), put both on any static host, and open the page with{' '}
          <code>?run=runs/{runFileName(name, 'run.zip')}</code>. Or export the run and let{' '}
          <code>npm run lab -- publish {runFileName(name, 'run.zip')} --out DIR</code> make the whole folder, which
          opens the run by itself.
        </p>
      )}
    </div>
  );
}

/** The button of the run below, or else above, which has the focus once this row is gone. */
function neighbourOf(button: Element): Element | null {
  const row = button.closest('.run-row');
  const other = row?.nextElementSibling ?? row?.previousElementSibling;
  return other?.querySelector('.run-actions button:last-child') ?? null;
}

const tagsOf = (text: string): string[] =>
  [...new Set(text.split(',').map((tag) => tag.trim().slice(0, 40)))].filter((tag) => tag !== '').slice(0, 16);
