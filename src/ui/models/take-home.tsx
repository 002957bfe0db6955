import './take-home.css';
import { useState } from 'react';
import type { TakenDtype } from '../../host/browser/api';
import {
  cancelTaking,
  closeTakingError,
  takeModel,
  takeRun,
  takingOf,
  useTakeHome,
  type Taking,
} from '../../store/take-home';
import { formatBytes } from '../../view/format';
import { runFileName } from '../../view/run-words';
import { Choice } from '../kit/choice';
import { ErrorNote } from '../kit/error-note';

const DTYPES: readonly { value: TakenDtype; label: string }[] = [
  { value: 'f32', label: 'f32, exact' },
  { value: 'bf16', label: 'bf16, half the size' },
  { value: 'f16', label: 'f16, half the size' },
];

/** Downloads of what a run trained from a model. @param isWhole whether it has no adapter. */
export function TakeRunHome({ run, name, isWhole }: { run: string; name: string; isWhole: boolean }) {
  const [dtype, setDtype] = useState<TakenDtype>('f32');
  return (
    <div className="take-home">
      <Dtype dtype={dtype} onChange={setDtype} />
      <span className="button-row">
        <button
          type="button"
          className="button"
          title="In Hugging Face layout, with the files of sentence-transformers and a model card"
          onClick={() => void takeRun(run, { as: 'model', dtype }, runFileName(name, `${dtype}.zip`))}
        >
          {isWhole ? 'Take the model' : 'Take the merged model'}
        </button>
        {!isWhole && (
          <button
            type="button"
            className="button"
            title="Only what was trained, in PEFT's layout; to load it the base is needed"
            onClick={() => void takeRun(run, { as: 'adapter' }, runFileName(name, 'adapter.zip'))}
          >
            Take the adapter
          </button>
        )}
      </span>
      <State of={run} />
    </div>
  );
}

/** A kept model in Hugging Face layout, as a download. */
export function TakeModelHome({ hash, name }: { hash: string; name: string }) {
  const [dtype, setDtype] = useState<TakenDtype>('f16');
  return (
    <div className="take-home">
      <Dtype dtype={dtype} onChange={setDtype} />
      <button
        type="button"
        className="button"
        title="In Hugging Face layout, which transformers loads"
        onClick={() => void takeModel(hash, dtype, runFileName(name, `${dtype}.zip`))}
      >
        Take it as a folder
      </button>
      <State of={hash} />
    </div>
  );
}

function Dtype({ dtype, onChange }: { dtype: TakenDtype; onChange: (dtype: TakenDtype) => void }) {
  return <Choice label="Weights as" value={dtype} options={DTYPES} onChange={onChange} />;
}

function State({ of }: { of: string }) {
  const { taking, taken, error } = takingOf(
    useTakeHome((state) => state.asked),
    of,
  );
  if (taking) return <Progress taking={taking} />;
  if (error !== null)
    return (
      <ErrorNote what="download" onClose={closeTakingError}>
        {error}
      </ErrorNote>
    );
  return taken && <p className="muted small" role="status">{`${taken.name} is among your downloads.`}</p>;
}

function Progress({ taking: { name, progress } }: { taking: Taking }) {
  const share = progress && progress.of > 0 ? progress.done / progress.of : 0;
  const text = progress
    ? `Writing ${name}: ${formatBytes(progress.done)} of ${formatBytes(progress.of)}.`
    : `Reading what goes into ${name}.`;
  return (
    <div className="model-adding">
      <p role="status">{text}</p>
      <progress max={1} value={share} aria-label={`Writing ${name}`} />
      <button type="button" className="button" onClick={() => void cancelTaking()}>
        Cancel
      </button>
    </div>
  );
}
