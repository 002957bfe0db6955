import { useState } from 'react';
import type {
  CollectionPreview,
  EmbeddedDocuments,
  EmbedProgress,
  FoundDocument,
  ModelCard,
  ModelSearch,
} from '../../../host/browser/api';
import { useBenchmark } from '../../../store/benchmark';
import {
  closeModelError,
  embedDocuments,
  releaseModel,
  searchWithModel,
  useModelSearch,
} from '../../../store/model-search';
import { usePage } from '../../../store/page';
import { formatBytes, formatDuration, formatScore, plural } from '../../../view/format';
import { ChooseDocuments, DocumentsDrop } from '../../documents/documents-drop';
import { ErrorNote } from '../../kit/error-note';
import { QueryForm } from '../../kit/query-form';
import { Progress } from './progress';
import '../search/search.css';

/** Own documents, embedded by a model that was opened, and searched beside BM25. Nothing is trained. */
export function EmbedSearch({ card }: { card: ModelCard }) {
  const { preview, doing, reading, error: unread } = useBenchmark();
  const { embedding, embedded, error } = useModelSearch();
  const { hash } = card.model;
  const isReady = embedded !== null && embedded.hash === hash && embedded.corpus === preview?.corpus;
  return (
    <section className="model-search" aria-label="Embed and search">
      <h2>Embed and search</h2>
      {card.embeds === null ? (
        <p className="muted">It cannot embed: {card.tokenizer?.refused ?? 'it has no tokenizer'}.</p>
      ) : (
        <>
          <p className="muted">
            Your own documents, found by what they mean to this model, beside BM25. Nothing is trained.
          </p>
          {unread !== null && <ErrorNote what="documents">{unread}</ErrorNote>}
          {error !== null && (
            <ErrorNote what="embedding" onClose={closeModelError}>
              {error}
            </ErrorNote>
          )}
          {doing === 'reading' ? (
            <p className="muted" role="status">
              Reading {reading}.
            </p>
          ) : preview === null ? (
            <DocumentsDrop />
          ) : embedding?.hash === hash ? (
            <Progress
              text={progressSentence(embedding.progress)}
              progress={embedding.progress}
              onCancel={() => void releaseModel()}
            />
          ) : isReady ? (
            <Ask key={embedded.corpus} embedded={embedded} preview={preview} />
          ) : (
            <Offer hash={hash} preview={preview} />
          )}
        </>
      )}
    </section>
  );
}

function Offer({ hash, preview }: { hash: string; preview: CollectionPreview }) {
  return (
    <>
      <p>
        <strong>{preview.name}</strong>: {plural(preview.documents, 'document')}.
      </p>
      <div className="button-row">
        <button type="button" className="button primary" onClick={() => void embedDocuments(hash)}>
          Embed {plural(preview.documents, 'document')}
        </button>
        <ChooseDocuments />
      </div>
    </>
  );
}

function progressSentence(progress: EmbedProgress | null): string {
  if (!progress) return 'The model’s files are read.';
  const { what, done, of } = progress;
  if (what === 'weights') return `Its weights go to the GPU: ${formatBytes(done)} of ${formatBytes(of)}.`;
  return `It reads the documents: ${done.toLocaleString('en')} of ${plural(of, 'passage')}.`;
}

function Ask({ embedded, preview }: { embedded: EmbeddedDocuments; preview: CollectionPreview }) {
  const { pending, answer } = useModelSearch();
  const [text, setText] = useState('');
  const ask = (query: string): void => {
    setText(query);
    if (query.trim() !== '') void searchWithModel(query.trim());
  };
  return (
    <>
      <p className="muted small">{embeddedSentence(embedded, preview)}</p>
      {embedded.notices.map((notice) => (
        <p key={notice} className="muted small">
          {notice}
        </p>
      ))}
      <QueryForm
        label="Query to this model"
        placeholder="what you look for"
        examples={preview.queryExamples.map((query) => query.text)}
        examplesLabel="Queries of this collection"
        examplesLead="Try:"
        text={text}
        onText={setText}
        pending={pending}
        onAsk={ask}
      />
      <div aria-live="polite" className="stack-large">
        {pending && !answer && <p className="muted">Searching.</p>}
        {answer ? (
          <Found answer={answer} stale={pending} />
        ) : (
          !pending && <p className="muted">What it finds appears here, beside what BM25 finds.</p>
        )}
      </div>
      <div className="button-row">
        <button type="button" className="button" onClick={() => void releaseModel()}>
          Release the model
        </button>
        {preview.splits.length > 0 && (
          <button type="button" className="button" onClick={() => usePage.getState().show({ view: 'benchmark' })}>
            Score it in Bench
          </button>
        )}
      </div>
    </>
  );
}

function embeddedSentence(
  { documents, passages, split, truncated, dimensions, reopened, prompts, milliseconds }: EmbeddedDocuments,
  { name }: CollectionPreview,
): string {
  return [
    `${name}: ${plural(documents, 'document')}`,
    split > 0
      ? `, of which ${split.toLocaleString('en')} are longer than its context: ${plural(passages, 'passage')}`
      : '',
    truncated > 0 ? `, of which ${truncated.toLocaleString('en')} are longer than it reads and lost their end` : '',
    `, ${dimensions} numbers each`,
    reopened ? ', embedded before' : `, embedded in ${formatDuration(milliseconds)}`,
    '.',
    prompts.query === '' ? '' : ` Before a query it reads “${prompts.query}”.`,
    prompts.document === '' ? '' : ` Before a document it reads “${prompts.document}”.`,
  ].join('');
}

function Found({ answer, stale }: { answer: ModelSearch; stale: boolean }) {
  const { model, bm25, query, isCut, milliseconds } = answer;
  return (
    <div className={`answer${stale ? ' stale' : ''}`}>
      <p className="muted small">
        “{query}” in {Math.max(1, Math.round(milliseconds)).toLocaleString('en')} ms
        {isCut && ', cut where it is longer than the context'}.
      </p>
      <div className="model-found">
        <List title="This model" label="cosine" hits={model} other="BM25" others={bm25} />
        <List title="BM25" label="score" hits={bm25} other="model" others={model} />
      </div>
    </div>
  );
}

interface ListProps {
  title: string;
  /** Heading of the numbers. */
  label: string;
  hits: readonly FoundDocument[];
  /** Heading of the same document's place in the other ranking. */
  other: string;
  others: readonly FoundDocument[];
}

function List({ title, label, hits, other, others }: ListProps) {
  const places = new Map(others.map(({ id }, at) => [id, at + 1]));
  return (
    <section className="ranking" aria-label={`Found by ${title}`}>
      <div className="ranking-head">
        <h3>{title}</h3>
        <span className="muted">{label}</span>
      </div>
      {hits.length === 0 && <p className="muted">No document shares a word with the query.</p>}
      <ol>
        {hits.map(({ id, title: named, text, score }, at) => (
          <li key={id}>
            <details className="model-hit">
              <summary>
                <span className="hit-place">{at + 1}</span>
                <span className="hit-text titled">
                  <strong>{named === '' ? id : named}</strong>
                  <span className="hit-body muted">{text}</span>
                </span>
                <span className="hit-score" title={String(score)}>
                  {formatScore(score)}
                  <span className="muted small found-other">
                    {other}: {places.get(id) ?? `beyond ${hits.length}`}
                  </span>
                </span>
              </summary>
              <p className="model-hit-text">{text}</p>
            </details>
          </li>
        ))}
      </ol>
    </section>
  );
}
