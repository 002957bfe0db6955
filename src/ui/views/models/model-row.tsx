import { useState } from 'react';
import type { KeptModel } from '../../../host/browser/api';
import { deleteModel, openDroppedModel } from '../../../store/models';
import { formatAgo, formatBytes, formatCount } from '../../../view/format';
import { dtypeLabel, KINDS } from '../../../view/model-words';
import { focusOr } from '../../kit/return-focus';

/** A row of the list of kept models. */
export function ModelRow({ model }: { model: KeptModel }) {
  const { hash, name, kind, bytes, added, modelType, parameters, dtype, licence, from } = model;
  return (
    <li className="model-row" aria-label={name}>
      <span className="model-name">
        <strong title={name}>{name}</strong>
        <span className="muted small">
          {KINDS[kind]} · {modelType} · {formatCount(parameters)} parameters · {dtypeLabel(dtype)} ·{' '}
          {formatBytes(bytes)}
          {licence !== null && ` · ${licence}`}
          {' · '}
          <time dateTime={new Date(added).toISOString()} title={new Date(added).toLocaleString()}>
            {formatAgo(added)}
          </time>
        </span>
        <span className="muted small mono" title={`SHA-256 ${hash}`}>
          {hash.slice(0, 12)}
          {from !== '' && ` from ${from}`}
        </span>
      </span>
      <span className="button-row">
        <button
          type="button"
          className="button"
          aria-label={`Open ${name}`}
          onClick={() => void openDroppedModel(hash)}
        >
          Open
        </button>
        <DeleteButton model={model} />
      </span>
    </li>
  );
}

/** A button that deletes a model for good, after a second click. */
export function DeleteButton({ model }: { model: KeptModel }) {
  const [asked, setAsked] = useState(false);
  if (!asked) {
    return (
      <button type="button" className="button" aria-label={`Delete ${model.name}`} onClick={() => setAsked(true)}>
        Delete
      </button>
    );
  }
  return (
    <span className="button-row" role="group" aria-label={`Delete ${model.name} for good?`}>
      <button
        type="button"
        className="button danger"
        autoFocus
        onClick={() => void deleteModel(model).then(() => focusOr(null))}
      >
        Delete {formatBytes(model.bytes)} for good
      </button>
      <button type="button" className="button" onClick={() => setAsked(false)}>
        Keep it
      </button>
    </span>
  );
}
