import { useEffect } from 'react';
import type { CollectionPreview, SplitPreview } from '../../../host/browser/api';
import {
  chooseModel,
  chooseRival,
  chooseSplit,
  runBenchmark,
  trainOnDocuments,
  useBenchmark,
} from '../../../store/benchmark';
import { readModels, useModels } from '../../../store/models';
import { isLive, useRun } from '../../../store/run';
import { useRuns } from '../../../store/runs';
import { benchmarkModels, leftOutSentences, rivals } from '../../../view/benchmark';
import { plural } from '../../../view/format';
import { Notices } from '../../documents/notices';
import { PlayIcon } from '../../kit/icons';
import { Choice } from '../../kit/choice';

/** A preview of a folder: what it holds, what will be left out and why, and the button that starts the benchmark. */
export function Preview({ preview }: { preview: CollectionPreview }) {
  const split = useBenchmark((state) => state.split);
  const chosen = preview.splits.find(({ name }) => name === split);
  return (
    <section className="collection" aria-label={`Collection ${preview.name}`}>
      <h2>{preview.name}</h2>
      <p>
        {plural(preview.documents, 'document')}
        {documentNotes(preview)}, {plural(preview.queries, 'query', 'queries')}.
      </p>
      <Notices preview={preview} />
      {preview.splits.length === 0 ? (
        <p className="muted">
          There are no judgements that can be read (files in <code>qrels/</code>), so nothing is scored here. Training
          and searching need none.
        </p>
      ) : (
        <Splits splits={preview.splits} chosen={split} />
      )}
      <Examples preview={preview} />
      <p>
        <button type="button" className="link-button" onClick={trainOnDocuments}>
          Train a model on these documents
        </button>{' '}
        <span className="muted">by their titles and crops; no judgement is used.</span>
      </p>
      {chosen && <Start split={chosen} />}
    </section>
  );
}

function documentNotes({ documents, documentsWithoutTitle, emptyDocuments }: CollectionPreview): string {
  const notes = [
    documentsWithoutTitle === documents
      ? 'none with a title'
      : documentsWithoutTitle > 0 && `${documentsWithoutTitle.toLocaleString('en')} without a title`,
    emptyDocuments > 0 && `${emptyDocuments.toLocaleString('en')} without a word, which nothing finds by words`,
  ].filter((note) => note !== false);
  return notes.length > 0 ? ` (${notes.join('; ')})` : '';
}

function Splits({ splits, chosen }: { splits: readonly SplitPreview[]; chosen: string | null }) {
  const running = useBenchmark((state) => state.doing === 'running');
  return (
    <fieldset className="splits" disabled={running}>
      <legend>Judgements</legend>
      {splits.map((split) => {
        const leftOut = leftOutSentences(split);
        return (
          <label key={split.name} className="split">
            <input type="radio" name="split" checked={split.name === chosen} onChange={() => chooseSplit(split.name)} />
            <span>
              <strong>{split.name}</strong>: {plural(split.judgements, 'judgement')} of{' '}
              {plural(split.queries, 'query', 'queries')}
              <span className="muted">
                {leftOut.length > 0 ? `. Left out: ${leftOut.join('; ')}.` : '; nothing is left out.'}
              </span>
            </span>
          </label>
        );
      })}
    </fieldset>
  );
}

function Examples({ preview: { documentExamples, queryExamples } }: { preview: CollectionPreview }) {
  return (
    <details className="examples">
      <summary>The first documents and queries</summary>
      <dl>
        {documentExamples.map(({ id, title, text }) => (
          <div key={`d ${id}`}>
            <dt className="mono">{id}</dt>
            <dd>
              {title !== '' && <strong>{title} </strong>}
              {text}
            </dd>
          </div>
        ))}
        {queryExamples.map(({ id, text }) => (
          <div key={`q ${id}`}>
            <dt className="mono">query {id}</dt>
            <dd>{text}</dd>
          </div>
        ))}
      </dl>
    </details>
  );
}

function Start({ split }: { split: SplitPreview }) {
  const { model, doing, chosen: wanted, rival: wantedRival } = useBenchmark();
  const kept = useRuns((state) => state.runs);
  const opened = useModels((state) => state.models);
  useEffect(() => void readModels(), []);
  const models = benchmarkModels(model, kept ?? [], opened ?? []);
  const chosen = models.find(({ value }) => value === wanted) ?? models[0];
  const embedders = rivals(opened ?? []).map(({ hash, name }) => ({ value: hash, label: name }));
  const beside =
    wantedRival === '' ? undefined : (embedders.find(({ value }) => value === wantedRival) ?? embedders[0]);
  // A model is no rival of its own.
  const rival = beside === undefined || beside.value === chosen?.value ? null : beside.value;
  const waits = useRun(({ status }) => isLive(status)) && chosen !== undefined && chosen.value === model?.run;
  const blocked = doing !== 'nothing' || split.queries === 0;
  return (
    <div className="benchmark-start">
      <button
        type="button"
        className="button primary"
        disabled={blocked}
        onClick={() => void runBenchmark(null, beside?.value ?? null)}
      >
        <PlayIcon />
        {beside === undefined ? 'Rank by BM25' : 'Rank by both'}
      </button>
      <button
        type="button"
        className="button"
        disabled={blocked || chosen === undefined}
        onClick={() => void runBenchmark(chosen?.of ?? null, rival)}
      >
        <PlayIcon />
        BM25, model and fusion
      </button>
      {chosen && (
        <Choice
          label="Model of"
          value={chosen.value}
          options={models}
          disabled={doing !== 'nothing'}
          onChange={chooseModel}
        />
      )}
      {embedders.length > 0 && (
        <Choice
          label="Beside BM25"
          value={beside?.value ?? ''}
          options={[...embedders, { value: '', label: 'nothing else' }]}
          disabled={doing !== 'nothing'}
          onChange={chooseRival}
        />
      )}
      <span className="muted">
        {split.queries === 0
          ? 'No query of this split has a relevant document: there is nothing to score.'
          : chosen === undefined
            ? 'There is no model yet: a run makes one, or Models opens one, and then it can stand beside BM25.'
            : waits && 'As it stands now; its run waits meanwhile.'}
      </span>
    </div>
  );
}
