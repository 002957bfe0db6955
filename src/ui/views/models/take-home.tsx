import type { ModelCard, StoredRun } from '../../../host/browser/api';
import { useRuns } from '../../../store/runs';
import { formatAgo } from '../../../view/format';
import { runName, STATE_WORDS } from '../../../view/run-words';
import { TakeModelHome, TakeRunHome } from '../../models/take-home';

/** A panel of downloads: what runs trained from this model, and the model itself. */
export function TakeHomePanel({ card: { model } }: { card: ModelCard }) {
  const runs = useRuns((state) => state.runs) ?? [];
  const trained = runs.filter(({ run }) => run?.session.model.base.sha256 === model.hash && run.checkpoints.length > 0);
  return (
    <section className="model-take" aria-label="Take home">
      <h2>Take home</h2>
      <p className="muted">
        Folders that <code>transformers</code>, <code>peft</code> and <code>sentence-transformers</code> load, zipped,
        with a card.{trained.length === 0 && ' What runs train from this model appears here.'}
      </p>
      <ul className="model-take-list">
        {trained.map((stored) => (
          <Trained key={stored.id} stored={stored} />
        ))}
        <li aria-label={`${model.name} itself`}>
          <span className="model-name">
            <strong>{model.name}</strong>
            <span className="muted small">as it is, untrained</span>
          </span>
          <TakeModelHome hash={model.hash} name={model.name} />
        </li>
      </ul>
    </section>
  );
}

function Trained({ stored }: { stored: StoredRun }) {
  const { id, run, state, created } = stored;
  const name = runName(stored);
  if (!run) return null;
  const { rank } = run.session.model.adapter;
  return (
    <li aria-label={name}>
      <span className="model-name">
        <strong>{name}</strong>
        <span className="muted small">
          {rank > 0 ? `adapter of rank ${rank}` : 'trained whole'} · step {run.checkpoints.at(-1)} of {run.totalSteps} ·{' '}
          {state === 'held' ? 'open now' : STATE_WORDS[state]}
          {created > 0 && ` · ${formatAgo(created)}`}
        </span>
      </span>
      <TakeRunHome run={id} name={name} isWhole={rank === 0} />
    </li>
  );
}
