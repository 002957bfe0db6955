import { useEffect, type SubmitEvent } from 'react';
import { lab } from '../../../store/lab';
import { useRun } from '../../../store/run';
import { shownOf } from '../../../store/asked';
import { useSearch } from '../../../store/search';
import { useDevice } from '../../../store/device';
import { RunButton } from '../../frame/run-button';
import { SearchIcon } from '../../kit/icons';
import { Answer } from './answer';
import { SearchError } from './search-error';
import { useQueryText } from './use-query-text';

export default function SearchView() {
  const status = useRun((state) => state.status);
  const plan = useRun((state) => state.plan);
  const missing = useDevice((state) => state.kind === 'missing');
  const ready = plan !== null && (status === 'running' || status === 'paused' || status === 'finished');
  return (
    <div className="view-body">
      <div>
        <h1>Search</h1>
        <p className="muted">
          Ask the model as it stands. It answers twice: once after writing its reasoning, once made to embed at once.
        </p>
      </div>
      {ready && !missing ? <Ask /> : <NothingToAsk preparing={status === 'preparing'} />}
    </div>
  );
}

function Ask() {
  const { examples, asked } = useSearch();
  const answer = shownOf(asked);
  const pending = asked.state === 'asking';
  const [text, setText] = useQueryText();
  // One hop is never held out.
  const heldOut = useRun(({ session }) => session !== null && session.task.held_out > 0 && session.task.max_depth > 1);
  const ask = (wanted: string): void => {
    if (wanted.trim() !== '') void lab.search(wanted.trim());
  };
  // The run's own examples come a moment after it began.
  useEffect(() => {
    if (examples.length === 0) void lab.askExamples();
  }, [examples.length]);

  return (
    <>
      <form
        className="search-form"
        role="search"
        onSubmit={(event: SubmitEvent) => {
          event.preventDefault();
          ask(text);
        }}
      >
        <label className="hidden-text" htmlFor="query">
          Query
        </label>
        <input
          id="query"
          className="field-input search-input mono"
          value={text}
          placeholder={examples[0] ?? 'a query of the task'}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" className="button primary" disabled={pending || text.trim() === ''}>
          <SearchIcon />
          Search
        </button>
      </form>
      {examples.length > 0 && (
        <div className="chips" role="group" aria-label="Example queries">
          <span className="muted">{heldOut ? 'Held out:' : 'Try:'}</span>
          {examples.map((example) => (
            <button key={example} type="button" className="chip mono" disabled={pending} onClick={() => ask(example)}>
              {example}
            </button>
          ))}
        </div>
      )}
      <div aria-live="polite" className="stack-large">
        {pending && <p className="muted">Asking the model, between two steps of the run.</p>}
        <SearchError />
        {answer && <Answer answer={answer} stale={pending} />}
        {asked.state === 'idle' && (
          <p className="muted">
            The reasoning and both rankings appear here. Take one of the queries above, or type one.
          </p>
        )}
      </div>
    </>
  );
}

function NothingToAsk({ preparing }: { preparing: boolean }) {
  const missing = useDevice((state) => state.kind === 'missing');
  if (preparing) return <p className="muted">The run is being prepared; a moment later there is a model to ask.</p>;
  return (
    <div className="empty">
      <p>
        {missing
          ? 'To ask a model takes WebGPU. What a run’s model wrote and found while it was trained is in Traces.'
          : 'There is no model yet. A run makes one, and it can be asked from the first step on.'}
      </p>
      <RunButton />
    </div>
  );
}
