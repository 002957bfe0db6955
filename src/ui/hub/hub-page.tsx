import { useState, type SubmitEvent } from 'react';
import { createHub, type HubModel, type TakeProgress } from '../../host/browser/hub/client';
import { codeOf, messageOf } from '../../lib/errors';
import { asSentence } from '../../view/as-sentence';
import { formatBytes, plural } from '../../view/format';
import { ErrorNote } from '../kit/error-note';
import { FileTable } from '../kit/file-table';
import './hub.css';

type Stage =
  | { kind: 'asking' }
  | { kind: 'looking'; id: string }
  | { kind: 'found'; model: HubModel }
  | { kind: 'taking'; model: HubModel; progress: TakeProgress | null }
  | { kind: 'kept'; name: string; bytes: number };

let hub: ReturnType<typeof createHub> | null = null;

/**
 * Fetches one model from a hub into this browser's storage: what it would ask for, from whom and how much stands here before
 * anything is fetched. It does nothing else.
 * @param wanted `OWNER/NAME` or `OWNER/NAME@REVISION`, as a link names it; empty for none.
 */
export function HubPage({ wanted }: { wanted: string }) {
  const [named, revisionNamed = 'main'] = wanted.split('@');
  const [id, setId] = useState(named ?? '');
  const [revision, setRevision] = useState(revisionNamed);
  const [stage, setStage] = useState<Stage>({ kind: 'asking' });
  const [error, setError] = useState<string | null>(null);
  const worker = (): ReturnType<typeof createHub> =>
    (hub ??= createHub(() => {
      hub = null;
      setStage({ kind: 'asking' });
      setError('The worker of this page stopped: load the page again');
    }));

  const look = async (): Promise<void> => {
    setError(null);
    setStage({ kind: 'looking', id });
    try {
      setStage({ kind: 'found', model: await worker().look(id.trim(), revision.trim()) });
    } catch (failed) {
      setError(messageOf(failed));
      setStage({ kind: 'asking' });
    }
  };
  const take = async (model: HubModel, choice: number): Promise<void> => {
    setError(null);
    setStage({ kind: 'taking', model, progress: null });
    let isOver = false;
    const tell = (progress: TakeProgress): void => {
      // It comes by another port than the answer, and may come after it.
      if (!isOver) setStage({ kind: 'taking', model, progress });
    };
    try {
      const { name, bytes } = await worker().take(model, choice, tell);
      isOver = true;
      setStage({ kind: 'kept', name, bytes });
    } catch (failed) {
      isOver = true;
      if (codeOf(failed) !== 'cancelled') setError(messageOf(failed));
      setStage({ kind: 'found', model });
    }
  };

  return (
    <main className="hub-page">
      <p>
        <a href="./">Search-R3 Lab</a>
      </p>
      <h1>Fetch a model</h1>
      <p className="muted">
        From {hostOf(HUB)} into this browser’s own storage. The lab itself reaches no other host; this page reaches{' '}
        {[HUB ?? '', ...HUB_HOSTS].map(hostOf).join(', ')}, and does nothing but this.
      </p>
      {error !== null && (
        <ErrorNote what="fetching" onClose={() => setError(null)}>
          {`Nothing was kept: ${asSentence(error)}`}
        </ErrorNote>
      )}
      <form
        className="hub-form"
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault();
          void look();
        }}
      >
        <label>
          Model
          <input
            className="field-input mono"
            value={id}
            placeholder="OWNER/NAME"
            autoComplete="off"
            spellCheck={false}
            onChange={({ target }) => setId(target.value)}
          />
        </label>
        <label>
          Revision
          <input
            className="field-input mono"
            value={revision}
            autoComplete="off"
            spellCheck={false}
            onChange={({ target }) => setRevision(target.value)}
          />
        </label>
        <button
          type="submit"
          className="button"
          disabled={id.trim() === '' || revision.trim() === '' || stage.kind === 'looking' || stage.kind === 'taking'}
          title="Asks the hub for its list of files; nothing is fetched yet"
        >
          Look it up
        </button>
      </form>
      {stage.kind === 'looking' && (
        <p className="muted" role="status">
          Asking {hostOf(HUB)} what {stage.id} holds.
        </p>
      )}
      {stage.kind === 'found' && <Consent model={stage.model} onTake={(choice) => void take(stage.model, choice)} />}
      {stage.kind === 'taking' && <Taking {...stage} onCancel={() => void worker().cancel()} />}
      {stage.kind === 'kept' && (
        <p className="callout" role="status">
          <span>
            <strong>{stage.name}</strong> is kept in this browser: {formatBytes(stage.bytes)}.{' '}
            <a href="./">Open the lab</a>: it is listed in Models.
          </span>
        </p>
      )}
    </main>
  );
}

/** Asks for consent: it shows what would be fetched, before it is. */
function Consent({ model, onTake }: { model: HubModel; onTake: (choice: number) => void }) {
  const [chosen, setChosen] = useState(model.choices.length - 1);
  const choice = model.choices[chosen];
  return (
    <section className="hub-consent" aria-label="What would be fetched">
      <h2>What would be fetched</h2>
      <dl className="pairs">
        <dt>Host</dt>
        <dd>{hostOf(HUB)}</dd>
        <dt>Model</dt>
        <dd>
          <code>{model.id}</code>
        </dd>
        <dt>Commit</dt>
        <dd>
          <code className="hub-commit">{model.commit}</code>
        </dd>
        <dt>Licence</dt>
        <dd>{model.licence ?? 'not told'}</dd>
      </dl>
      {choice === undefined ? (
        <p className="callout warn">
          It holds nothing that the lab reads: expected config.json with model.safetensors, whole or in shards, or a
          .gguf file.
        </p>
      ) : (
        <>
          {model.choices.length > 1 && (
            <fieldset className="hub-choices">
              <legend>Which of it</legend>
              {model.choices.map(({ label, bytes }, at) => (
                <label key={label}>
                  <input type="radio" name="choice" checked={at === chosen} onChange={() => setChosen(at)} />
                  {label}, {formatBytes(bytes)}
                </label>
              ))}
            </fieldset>
          )}
          <FileTable files={choice.files} />
          <button type="button" className="button primary large" onClick={() => onTake(chosen)}>
            Fetch {plural(choice.files.length, 'file')}, {formatBytes(choice.bytes)}
          </button>
        </>
      )}
    </section>
  );
}

function Taking({
  model,
  progress,
  onCancel,
}: {
  model: HubModel;
  progress: TakeProgress | null;
  onCancel: () => void;
}) {
  const share = progress && progress.of > 0 ? progress.done / progress.of : 0;
  const text = progress ? `${formatBytes(progress.done)} of ${formatBytes(progress.of)}` : 'It begins';
  return (
    <section className="hub-taking" aria-label="Fetching">
      <p role="status">
        Fetching {model.id}: {text}.
      </p>
      <progress max={1} value={share} aria-label={`Fetching ${model.id}`} />
      <p className="muted small mono">{progress?.file}</p>
      {progress?.waits !== null && progress?.waits !== undefined && (
        <p className="muted">{asSentence(progress.waits)}</p>
      )}
      <button type="button" className="button" onClick={onCancel}>
        Cancel
      </button>
    </section>
  );
}

const hostOf = (origin: string | null): string => origin?.replace(/^https?:\/\//, '') ?? 'no host';
