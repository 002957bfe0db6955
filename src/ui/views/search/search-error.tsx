import { lab } from '../../../store/lab';
import { useSearch } from '../../../store/search';
import { ErrorNote } from '../../kit/error-note';

/** Why the last query has no answer, with the query that helps: an example of the task, or the same again where the failure was none of its own. */
export function SearchError() {
  const { query, examples, pending, error, code } = useSearch();
  if (error === null) return null;
  const isItsOwn = code === null || code === 'input';
  const wanted = (isItsOwn && examples.find((example) => example !== query)) || query;
  const label = wanted === query ? 'Ask again' : `Ask “${wanted}”`;
  return (
    <ErrorNote
      what="search"
      help={{ label, run: () => void lab.search(wanted), disabled: pending }}
      onClose={() => useSearch.setState({ error: null, code: null })}
    >
      {`That could not be searched: ${error.replace(/\.$/, '')}. The run is not touched.`}
    </ErrorNote>
  );
}
