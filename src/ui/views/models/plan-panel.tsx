import { useEffect, useState } from 'react';
import type { ModelCard, PlanChoices, PlannedModel } from '../../../host/browser/api';
import { useBenchmark } from '../../../store/benchmark';
import { useDevice } from '../../../store/device';
import { askGranted, planModel } from '../../../store/models';
import { useRuns } from '../../../store/runs';
import { formatBytes } from '../../../view/format';
import { fitSentence, PLAN_PARTS } from '../../../view/model-words';
import { Choice } from '../../kit/choice';

/** The largest buffer that is assumed where no adapter says what it allows. */
const GIGABYTE = 2 ** 30;
const DOCUMENTS = 1000;
const RANKS = [0, 4, 8, 16, 32, 64] as const;
const LENGTHS = [32, 64, 128, 256, 512, 1024, 2048, 4096, 8192];

/** A plan of the memory that a model would take on the GPU, before anything is loaded. */
export function PlanPanel({ card: { model, arch, isEncoder } }: { card: ModelCard }) {
  const granted = useDevice((state) =>
    state.kind === 'ready' ? (state.report.limits['maxBufferSize'] ?? null) : null,
  );
  const documents = useBenchmark((state) => state.preview?.documents ?? DOCUMENTS);
  const lengths = LENGTHS.filter((length) => length <= arch.max_position_embeddings);
  const [choices, setChoices] = useState<Omit<PlanChoices, 'documents'>>({
    rank: 0,
    tokenRow: false,
    batch: 8,
    parts: 1,
    length: lengths.includes(128) ? 128 : (lengths.at(-1) ?? arch.max_position_embeddings),
    activations: 'recompute',
  });
  const [chosen, setWithin] = useState<number | null>(null);
  const within = chosen ?? granted ?? GIGABYTE;
  const [planned, setPlanned] = useState<PlannedModel | null>(null);
  const change = (changes: Partial<PlanChoices>): void => setChoices({ ...choices, ...changes });
  useEffect(() => {
    let isWanted = true;
    void planModel(model.hash, { ...choices, documents }, within).then((found) => {
      if (isWanted && found) setPlanned(found);
    });
    return () => {
      isWanted = false;
    };
  }, [model.hash, choices, documents, within]);

  return (
    <section className="model-plan" aria-label="What it takes">
      <h2>What it takes</h2>
      <p className="muted">
        Counted from its layout before anything is loaded. WebGPU does not say how much memory is free, so what it is
        compared with is an estimate.
      </p>
      <div className="plan-choices">
        {!isEncoder && (
          <Choice
            label="What for"
            value={String(choices.rank)}
            options={RANKS.map((rank) => ({
              value: String(rank),
              label: rank === 0 ? 'embed and search' : `adapt it by LoRA of rank ${rank}`,
            }))}
            onChange={(rank) => change({ rank: Number(rank) })}
          />
        )}
        {!isEncoder && (
          <label className="plan-range">
            <span>
              Batch <strong>{choices.batch}</strong>
            </span>
            <input
              type="range"
              min={1}
              max={64}
              value={choices.batch}
              onChange={({ target }) => {
                const batch = Number(target.value);
                change({ batch, parts: Math.min(choices.parts, batch) });
              }}
            />
          </label>
        )}
        <Choice
          label="Tokens a text"
          value={String(choices.length)}
          options={lengths.map((length) => ({ value: String(length), label: length.toLocaleString('en') }))}
          onChange={(length) => change({ length: Number(length) })}
        />
        {choices.rank > 0 && (
          <Choice
            label="Embed token’s row"
            value={choices.tokenRow ? 'trained' : 'frozen'}
            options={[
              { value: 'frozen', label: 'as it is' },
              { value: 'trained', label: 'trained too' },
            ]}
            onChange={(row) => change({ tokenRow: row === 'trained' })}
          />
        )}
        {choices.rank > 0 && (
          <Choice
            label="Activations"
            value={choices.activations}
            options={[
              { value: 'recompute', label: 'computed again' },
              { value: 'keep', label: 'kept' },
            ]}
            onChange={(activations) => change({ activations })}
          />
        )}
        {choices.rank > 0 && choices.batch > 1 && (
          <label className="plan-range">
            <span>
              Micro-batches <strong>{choices.parts}</strong>
            </span>
            <input
              type="range"
              min={1}
              max={choices.batch}
              value={choices.parts}
              onChange={({ target }) => change({ parts: Number(target.value) })}
            />
          </label>
        )}
        <label className="plan-within">
          Held against
          <input
            className="field-input"
            type="number"
            min={0.25}
            step={0.25}
            value={Number((within / GIGABYTE).toFixed(2))}
            onChange={({ target }) => setWithin(target.valueAsNumber > 0 ? target.valueAsNumber * GIGABYTE : null)}
          />
          GiB
        </label>
      </div>
      {planned === null ? (
        <p className="muted">Counting.</p>
      ) : (
        <Bars
          planned={planned}
          within={within}
          batch={choices.batch}
          rank={choices.rank}
          onBatch={(batch) => change({ batch, parts: Math.min(choices.parts, batch) })}
          onParts={(parts) => change({ parts })}
        />
      )}
      <Known granted={granted} total={planned?.plan.total ?? null} />
    </section>
  );
}

interface BarsProps {
  planned: PlannedModel;
  within: number;
  batch: number;
  rank: number;
  onBatch: (batch: number) => void;
  onParts: (parts: number) => void;
}

function Bars({ planned: { plan, largest, parts }, within, batch, rank, onBatch, onParts }: BarsProps) {
  const scale = Math.max(plan.total, within);
  const bar = (bytes: number, kind = '') => (
    <span className="plan-track" aria-hidden="true">
      <span className={`plan-bar ${kind}`} style={{ width: `${(100 * bytes) / scale}%` }} />
    </span>
  );
  const fits = plan.total <= within;
  const offers = largest > 0 && largest !== batch && (!fits || largest > batch);
  return (
    <>
      <table className="plan-bars">
        <tbody>
          {PLAN_PARTS.filter(({ part }) => plan[part] > 0).map(({ part, label, meaning }) => (
            <tr key={part}>
              <th scope="row" title={meaning}>
                {label}
              </th>
              <td className="plan-cell">{bar(plan[part])}</td>
              <td className="number" title={`${plan[part].toLocaleString('en')} bytes`}>
                {formatBytes(plan[part])}
              </td>
            </tr>
          ))}
          <tr className="plan-total">
            <th scope="row">In all</th>
            <td className="plan-cell">{bar(plan.total, fits ? 'fits' : 'exceeds')}</td>
            <td className="number" title={`${plan.total.toLocaleString('en')} bytes`}>
              {formatBytes(plan.total)}
            </td>
          </tr>
          <tr>
            <th scope="row">Held against</th>
            <td className="plan-cell">{bar(within, 'limit')}</td>
            <td className="number">{formatBytes(within)}</td>
          </tr>
        </tbody>
      </table>
      <p role="status" className={fits ? '' : 'plan-exceeds'}>
        {fitSentence(plan, within, largest, batch, rank, parts)}{' '}
        {offers && (
          <button type="button" className="link-button" onClick={() => onBatch(Math.min(64, largest))}>
            Take a batch of {Math.min(64, largest)}
          </button>
        )}
        {!fits && parts > 1 && (
          <>
            {' '}
            <button type="button" className="link-button" onClick={() => onParts(parts)}>
              Take {parts} micro-batches
            </button>
          </>
        )}
      </p>
    </>
  );
}

/** A line on what is known of this device's memory. */
function Known({ granted, total }: { granted: number | null; total: number | null }) {
  const storage = useRuns((state) => state.storage);
  const parts = [
    granted === null ? 'The limits of the adapter are not known.' : `One buffer may hold ${formatBytes(granted)} here.`,
    storage &&
      storage.quota > 0 &&
      `This site may keep ${formatBytes(storage.quota - storage.usage)} more on the disk.`,
  ].filter((part) => typeof part === 'string');
  return (
    <p className="muted small">
      {parts.join(' ')} {granted !== null && total !== null && <Ask key={total} total={total} />}
    </p>
  );
}

/** Asks the device for what the plan takes, and says what it grants. */
function Ask({ total }: { total: number }) {
  const [found, setFound] = useState<number | 'asking' | 'failed' | null>(null);
  if (found === null || found === 'asking') {
    return (
      <button
        type="button"
        className="link-button"
        disabled={found === 'asking'}
        title="Buffers of this size are made and freed again"
        onClick={() => {
          setFound('asking');
          void askGranted(total).then((granted) => setFound(granted ?? 'failed'));
        }}
      >
        {found === 'asking' ? 'Asking the device' : 'Ask the device for it'}
      </button>
    );
  }
  if (found === 'failed') return <span role="status">The device could not be asked.</span>;
  return (
    <span role="status">
      {found >= total
        ? `Asked for ${formatBytes(total)}, the device granted it.`
        : `Asked for ${formatBytes(total)}, the device granted ${formatBytes(found)}.`}
    </span>
  );
}
