import { endFork, keptParentNow } from '../../store/fork';
import { useRuns } from '../../store/runs';
import { useSession } from '../../store/session';
import { sessionName } from '../../view/run-words';

/** A note on the parent of the session in the panel, and what that means for changes of it. */
export function ForkNote() {
  const ancestors = useSession((state) => state.ancestors);
  useRuns((state) => state.runs);
  const from = ancestors.at(-1);
  if (!from) return null;
  const isKept = keptParentNow(ancestors) !== null;
  return (
    <div className="side-note" role="note" aria-label="Fork">
      <p>
        A fork of <strong>{sessionName(from.session, 'never')}</strong> from step {from.step}. Changes go for the steps
        after it; what decided the steps before is fixed.{' '}
        {isKept
          ? 'It begins there at once, from the state that is kept.'
          : `It repeats ${from.step === 1 ? 'step 1' : `steps 1 to ${from.step}`} first, with the same bits.`}
      </p>
      <p className="button-row">
        <button type="button" className="button" onClick={endFork}>
          Start by itself instead
        </button>
      </p>
    </div>
  );
}
