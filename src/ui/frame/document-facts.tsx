import { lazy, Suspense } from 'react';
import { usePage } from '../../store/page';
import { useRecords } from '../../store/records';
import { useRan } from '../../store/run';
import { answerOf, useSearch } from '../../store/search';
import { useSelection } from '../../store/selection';

const GraphFacts = lazy(() => import('../views/graph/graph-facts'));

/** A document's card: its text, what the last search made of it, and what the graph knows of it. */
export function DocumentFacts() {
  const document = useSelection((state) => state.document);
  const answer = useSearch(answerOf);
  const hasRefreshes = useRecords((state) => state.graph.length > 0);
  const hasModel = useRan(({ plan }) => plan !== null) ?? false;
  const onMap = usePage((state) => state.view === 'graph');
  // A map is only drawn when it is shown, because it takes the GPU a moment.
  const hasGraph = hasRefreshes || (hasModel && onMap);
  if (!document) return null;
  const placeIn = (hits: readonly { document: number }[] | undefined): string => {
    const at = hits?.findIndex((hit) => hit.document === document.document) ?? -1;
    return at < 0 ? 'not in the first ten' : `place ${at + 1}`;
  };
  return (
    <section>
      <h3>{document.title ?? `Document ${document.id}`}</h3>
      <p className={document.title === undefined ? 'document-text mono' : 'document-text'}>{document.text}</p>
      <dl className="pairs">
        {document.title !== undefined && (
          <>
            <dt>Id</dt>
            <dd className="mono">{document.id}</dd>
          </>
        )}
        {document.group !== '' && (
          <>
            <dt>Group</dt>
            <dd>{document.group}</dd>
          </>
        )}
        {answer && (
          <>
            <dt>Thinking</dt>
            <dd>{placeIn(answer.reasoning)}</dd>
            <dt>Not thinking</dt>
            <dd>{placeIn(answer.direct)}</dd>
            <dt>Query</dt>
            <dd className="mono">{answer.query}</dd>
          </>
        )}
      </dl>
      {hasGraph && (
        <Suspense>
          <GraphFacts document={document.document} />
        </Suspense>
      )}
    </section>
  );
}
