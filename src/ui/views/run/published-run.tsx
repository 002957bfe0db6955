import { closePublished, keepPublished, openPublished, usePublished } from '../../../store/published';
import { nameOnPage, useRun } from '../../../store/run';
import { ErrorNote } from '../../kit/error-note';

/** Says that the run on the page was published to be read, or why it cannot be. */
export function PublishedRun() {
  const { path, id, error } = usePublished();
  const isShown = useRun((state) => id !== null && nameOnPage(state) === id);
  if (error !== null) {
    return (
      <ErrorNote
        what="published run"
        help={{ label: 'Try again', run: () => void openPublished(path) }}
        onClose={closePublished}
      >
        {`The published run cannot be opened: ${error}`}
      </ErrorNote>
    );
  }
  if (path !== null && id === null) return <p className="muted">Reading the published run.</p>;
  if (!isShown) return null;
  return (
    <div className="callout" role="status" aria-label="Published run">
      <p>
        A published run, to be read: nothing is trained and nothing is kept here.{' '}
        <button type="button" className="link-button" onClick={() => void keepPublished()}>
          Keep it in my runs
        </button>
      </p>
    </div>
  );
}
