import { useState, type SubmitEvent } from 'react';
import { lab } from '../../../store/lab';
import { isLive, useRun } from '../../../store/run';
import { lastOf } from '../../../store/asked';
import { isSearching, useSearch } from '../../../store/search';
import { formatScore, plural } from '../../../view/format';
import { SearchIcon } from '../../kit/icons';
import { VirtualList } from '../../kit/virtual-list';
import { SearchError } from '../search/search-error';
import { useQueryText } from '../search/use-query-text';
import { DocumentRow } from './document-row';
import { graph, useGraph } from '../../../store/graph';
import { foundBy } from './lit';

const ROW = 28;

/** The map's heading, and a search whose results light up in it. */
export function MapHead() {
  useGraph((state) => state.version);
  const edges = useGraph((state) => state.edges);
  const set = useGraph((state) => state.set);
  const problem = useGraph((state) => state.mapProblem);
  const status = useRun((state) => state.status);
  const { history } = graph;
  const step = history?.stepOf(0) ?? 0;
  return (
    <header className="graph-head">
      <h1 className="hidden-text">Graph</h1>
      <p className="graph-sentence">
        {plural(history?.documents ?? 0, 'document')} as the model sees them after step {step.toLocaleString('en')}:
        near each other where it takes them for alike, each linked to its neighbours.
        {problem !== null && <span className="muted"> It could not be drawn again: {problem.replace(/\.$/, '')}.</span>}
      </p>
      <div className="graph-tools">
        <MapSearch />
        <button type="button" className="tool" aria-pressed={edges} onClick={() => set({ edges: !edges })}>
          Edges
        </button>
        {isLive(status) && (
          <button type="button" className="tool" title="By the model as it stands now" onClick={() => graph.drawAnew()}>
            Draw again
          </button>
        )}
      </div>
    </header>
  );
}

function MapSearch() {
  const pending = useSearch(isSearching);
  const [text, setText] = useQueryText();
  return (
    <form
      className="map-search"
      role="search"
      onSubmit={(event: SubmitEvent) => {
        event.preventDefault();
        if (text.trim() !== '') void lab.search(text.trim());
      }}
    >
      <input
        className="field-input"
        type="search"
        aria-label="Query"
        placeholder="Search the documents"
        value={text}
        onChange={(event) => setText(event.target.value)}
      />
      <button type="submit" className="button" disabled={pending || text.trim() === ''}>
        <SearchIcon />
        Search
      </button>
    </form>
  );
}

/** The results of the last search, and all documents. */
export function MapLists() {
  const [all, setAll] = useState(false);
  return (
    <section className="graph-lists" aria-label="Results and documents">
      <div className="graph-tabs" role="group" aria-label="List">
        <button type="button" className="tool" aria-pressed={!all} onClick={() => setAll(false)}>
          Results
        </button>
        <button type="button" className="tool" aria-pressed={all} onClick={() => setAll(true)}>
          Documents
        </button>
      </div>
      {all ? <AllDocuments /> : <Results />}
    </section>
  );
}

function Results() {
  const asked = useSearch((state) => state.asked);
  const answer = lastOf(asked);
  if (asked.state === 'failed') return <SearchError />;
  if (asked.state === 'asking') return <p className="muted list-empty">Asking the model.</p>;
  if (!answer) return <p className="muted list-empty">A search lights what it finds, and lists it here.</p>;
  const hits = foundBy(answer);
  return (
    <VirtualList
      label={`Found for ${answer.query}`}
      count={hits.length}
      rowHeight={ROW}
      keyOf={(at) => hits[at]!.document}
      row={(at) => {
        const { document, title, text, score } = hits[at]!;
        return (
          <DocumentRow document={document}>
            <span className="muted">{at + 1}</span>
            <span className="row-text">{title ?? text}</span>
            <span className="drift-value">{formatScore(score)}</span>
          </DocumentRow>
        );
      }}
    />
  );
}

function AllDocuments() {
  useGraph((state) => state.texts);
  const { documents } = graph;
  return (
    <VirtualList
      label={`${documents.length.toLocaleString('en')} documents`}
      count={documents.length}
      rowHeight={ROW}
      keyOf={(at) => at}
      row={(at) => {
        const { title, text, group } = documents[at]!;
        return (
          <DocumentRow document={at}>
            <span className="row-text">{title ?? text}</span>
            <span className="muted only-broad">{group}</span>
          </DocumentRow>
        );
      }}
    />
  );
}
