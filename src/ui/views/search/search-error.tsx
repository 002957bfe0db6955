import { lab } from '../../../store/lab';
import { useSearch } from '../../../store/search';
import { ErrorNote } from '../../kit/error-note';

/** Why the last query has no answer, with the query that helps: an example of the task, or the same again where the failure was none of its own. */
export function SearchError() {
  const { query, examples, asked, closeError } = useSearch();
  if (asked.state !== 'failed') return null;
  const { code, message } = asked.error;
  const isItsOwn = code === null || code === 'input';
  const wanted = (isItsOwn && examples.find((example) => example !== query)) || query;
  const label = wanted === query ? 'Ask again' : `Ask “${wanted}”`;
  return (
    <ErrorNote what="search" help={{ label, run: () => void lab.search(wanted) }} onClose={closeError}>
      {`That could not be searched: ${message.replace(/\.$/, '')}. The run is not touched.`}
    </ErrorNote>
  );
}
