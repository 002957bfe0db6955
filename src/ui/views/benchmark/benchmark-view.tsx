import { useEffect } from 'react';
import { askModel, cancel, closeError, useBenchmark } from '../../../store/benchmark';
import { useRun } from '../../../store/run';
import { progressSentence } from '../../../view/benchmark';
import { asSentence } from '../../../view/as-sentence';
import { ChooseDocuments, DocumentsDrop } from '../../documents/documents-drop';
import { ErrorNote } from '../../kit/error-note';
import './benchmark.css';

import { Preview } from './preview';
import { Result } from './result';

/** Other people's collections: BM25, the run's model and the fusion of both, side by side. */
export default function BenchmarkView() {
  const { doing, reading, preview, result, error } = useBenchmark();
  const status = useRun((state) => state.status);
  // A run that began or ended since may have a model now.
  useEffect(() => void askModel(), [status]);
  return (
    <div className="view-body">
      <div>
        <h1>Benchmark</h1>
        <p className="muted">
          Your own documents, queries and judgements: BM25, a small embedder that you open under Models, and the model
          of a run, with intervals.
        </p>
      </div>
      {error !== null && (
        <ErrorNote what="benchmark" onClose={closeError}>
          {`${asSentence(error)} ${preview ? `${preview.name} is still open.` : 'Nothing was opened; the files are untouched.'}`}
        </ErrorNote>
      )}
      {doing === 'reading' && (
        <p className="muted" role="status">
          Reading {reading}.
        </p>
      )}
      {!preview && doing !== 'reading' && <BenchDrop />}
      {preview && (
        <>
          <Preview preview={preview} />
          {doing === 'running' ? <Running /> : result && <Result result={result} />}
          {!result && doing === 'nothing' && <p className="muted">The rankings and their scores appear here.</p>}
          {doing !== 'reading' && <ChooseDocuments />}
        </>
      )}
    </div>
  );
}

function Running() {
  const progress = useBenchmark((state) => state.progress);
  const share = progress && progress.of > 0 ? progress.done / progress.of : 0;
  const text = progressSentence(progress);
  return (
    <section className="benchmark-running" aria-label="Benchmark in progress">
      <p role="status">{text}</p>
      <progress max={1} value={share} aria-label={text} />
      <button type="button" className="button" onClick={() => void cancel()}>
        Cancel
      </button>
    </section>
  );
}

function BenchDrop() {
  return (
    <DocumentsDrop>
      <dl className="pairs layout-pairs">
        <dt>
          <code>corpus.jsonl</code>
        </dt>
        <dd>
          <code>{'{"_id": "d1", "title": "…", "text": "…"}'}</code> a line
        </dd>
        <dt>
          <code>queries.jsonl</code>
        </dt>
        <dd>
          <code>{'{"_id": "q1", "text": "…"}'}</code> a line
        </dd>
        <dt>
          <code>qrels/test.tsv</code>
        </dt>
        <dd>query, document and grade; a file for each split</dd>
      </dl>
      <p className="muted">Scores need queries and judgements; training and searching do not.</p>
    </DocumentsDrop>
  );
}
