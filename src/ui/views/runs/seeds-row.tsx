import { useState } from 'react';
import { runRest } from '../../../store/queue';
import { usePage } from '../../../store/page';
import { useRuns } from '../../../store/runs';
import { formatAgo, formatBytes } from '../../../view/format';
import { entryEstimate, RUN_METRICS, seedsProgress, type SeedGroup } from '../../../view/run-entries';
import { FEW_QUERIES, formatInterval, formatSpread } from '../../../view/score';
import { useRunObstacle } from '../../frame/commands';
import { ChevronIcon, DownIcon } from '../../kit/icons';
import { useRunQuery } from '../../../store/run-query';
import { RunRow } from './run-row';
import { Sparkline } from './sparkline';
import { Tags } from './tags';
import '../../charts/charts.css';

/** Runs of one session with a seed each, as one line: their mean and spread, and how many have finished. */
export function SeedsRow({ group }: { group: SeedGroup }) {
  const { id, name, runs, missing, size } = group;
  const [open, setOpen] = useState(false);
  const { metric } = useRunQuery((slice) => slice.query);
  const ticked = useRuns((slice) => runs.every((run) => slice.ticked.includes(run.id)));
  const tick = useRuns((slice) => slice.tick);
  const queued = useRuns((slice) => slice.queued);
  const obstacle = useRunObstacle();
  const estimate = entryEstimate({ kind: 'seeds', group }, metric);
  const newest = Math.max(...runs.map(({ created }) => created));
  const bytes = runs.reduce((sum, run) => sum + run.bytes, 0);
  const tags = [...new Set(runs.flatMap((run) => run.tags))];
  const rest = runs.some(({ state }) => state === 'held') || queued > 0 ? [] : missing;
  const { label } = RUN_METRICS.find(({ value }) => value === metric)!;

  return (
    <li className="run-row" aria-label={`${name}, ${size} seeds`}>
      <div className="run-line">
        <input
          type="checkbox"
          aria-label={`Compare ${name}, all seeds`}
          checked={ticked}
          onChange={(event) =>
            tick(
              runs.map((run) => run.id),
              event.target.checked,
            )
          }
        />
        <span className="run-name">
          <button type="button" className="group-toggle" aria-expanded={open} onClick={() => setOpen(!open)}>
            {open ? <DownIcon /> : <ChevronIcon />}
            <strong title={name}>{name}</strong>
          </button>
          <span className="muted small">
            {seedsProgress(group)} · {formatAgo(newest)} · {formatBytes(bytes)}
            <Tags tags={tags} />
          </span>
        </span>
        <Sparkline curves={runs.map(({ run }) => run.curve)} />
        <span className="run-metric">
          {estimate ? (
            <>
              <span className="muted small">
                {label}
                {estimate.runs > 1 && `, mean ± sd of ${estimate.runs}`}
              </span>
              <span title={`95 % interval of the mean ${formatInterval(estimate)}`}>
                {formatSpread(estimate)}
                {estimate.deviation !== null && estimate.queries < FEW_QUERIES && ` ${formatInterval(estimate)}`}
              </span>
            </>
          ) : (
            <span className="muted small">none has finished</span>
          )}
        </span>
        <span className="run-actions">
          {rest.length > 0 && (
            <button
              type="button"
              className="button"
              disabled={obstacle !== null}
              title={obstacle?.reason ?? `Of this session, one run after the other: seed ${rest.join(', ')}`}
              onClick={() => {
                runRest(runs[0]!.run.session, rest, id, size);
                usePage.getState().show({ opened: null, view: 'run' });
              }}
            >
              Run seed {rest.join(', ')}
            </button>
          )}
        </span>
      </div>
      {open && (
        <ul className="run-list nested" aria-label={`Seeds of ${name}`}>
          {runs.map((run) => (
            <RunRow key={run.id} stored={run} />
          ))}
        </ul>
      )}
    </li>
  );
}
