import { testedDepth } from '../../../config/tasks';
import { useEffect } from 'react';
import { lab } from '../../../store/lab';
import { useRan, useRun } from '../../../store/run';
import { shownOf } from '../../../store/asked';
import { useSearch } from '../../../store/search';
import { useDevice } from '../../../store/device';
import { RunButton } from '../../frame/run-button';
import { QueryForm } from '../../kit/query-form';
import { Answer } from './answer';
import { SearchError } from './search-error';
import { useQueryText } from './use-query-text';

/** The Search view: a query for the current model, examples, and the answer. */
export default function SearchView() {
  const status = useRun((state) => state.status);
  const plan = useRan((ran) => ran.plan);
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
  const heldOut = useRan(({ session: { task } }) => testedDepth(task) > 1) ?? false;
  const ask = (wanted: string): void => {
    if (wanted.trim() !== '') void lab.search(wanted.trim());
  };
  // The run's own examples come a moment after it began.
  useEffect(() => {
    if (examples.length === 0) void lab.askExamples();
  }, [examples.length]);

  return (
    <>
      <QueryForm
        label="Query"
        placeholder="a query of the task"
        examples={examples}
        examplesLabel="Example queries"
        examplesLead={heldOut ? 'Held out:' : 'Try:'}
        isFormal
        text={text}
        onText={setText}
        pending={pending}
        onAsk={ask}
      />
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
