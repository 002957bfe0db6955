import { useDevice } from '../../../store/device';
import { useRan, useRun } from '../../../store/run';
import { evaluationSteps } from '../../../config/evaluation-steps';
import { RunButton } from '../../frame/run-button';

/** Why there is nothing to read yet, and what to do. */
export function NothingWritten() {
  const status = useRun((state) => state.status);
  const session = useRan((ran) => ran.session);
  const plan = useRan((ran) => ran.plan);
  const missing = useDevice((state) => state.kind === 'missing');
  if (status === 'preparing') return <p className="muted">The run is being prepared.</p>;
  if (session && plan) {
    const { mode } = session.sft;
    const writes = mode === 'reasoning' || mode === 'both' || session.grpo.steps > 0;
    return (
      <div className="empty">
        <p>
          {writes
            ? `Nothing was written yet. The first completions come with the first evaluation, after step ${
                evaluationSteps(session)[0] ?? plan.totalSteps
              }; stage 2 records every step.`
            : `This model is trained with “${mode}” before the embed token: it writes no reasoning, so there is nothing to read.`}
        </p>
      </div>
    );
  }
  return (
    <div className="empty">
      <p>
        Here is what the model writes, word by word, with the rank of the right document under each.{' '}
        {!missing && 'A run makes it: the first comes after a few seconds of stage 1.'}
      </p>
      <RunButton />
    </div>
  );
}
