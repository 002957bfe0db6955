import { ranOf, useRun } from '../../../store/run';
import { useSelection } from '../../../store/selection';
import { streams } from '../../../store/streams';
import { runSentence } from '../../../view/sentence';
import { trend } from '../../../view/trend';
import { runWarnings } from '../../../view/warnings';
import { useTick } from '../../kit/use-tick';

/** A sentence on what is running, with warnings below it. Follows the step in view. */
export function HeadlineFigure() {
  useTick();
  const run = useRun();
  const held = useSelection((state) => state.step);
  const at = held === null ? streams.length - 1 : streams.indexOf(held);
  const row = streams.row(at);
  const stage = row?.stage ?? null;
  const values = new Map(row?.values);
  const plan = ranOf(run)?.plan ?? null;
  const stagePlan = plan?.stages.find((entry) => entry.stage === stage);
  const from = stagePlan ? streams.indexOf(stagePlan.firstStep) : -1;
  const first = streams.row(from);
  const live = held === null ? run.status : row ? ('running' as const) : run.status;
  const sentence = runSentence({
    status: live,
    plan,
    reading: run.status === 'preparing' ? run.reading : null,
    step: row?.step ?? 0,
    stage,
    loss: values.get('loss'),
    firstLoss: new Map(first?.values).get('loss'),
    reward: values.get('reward'),
    latest: streams.evaluationAt(row?.step ?? 0),
    evaluation: run.status === 'finished' ? (run.result?.evaluation ?? null) : null,
    spentMs: ranOf(run)?.spentMs ?? 0,
  });
  const warnings = runWarnings(
    (name) => values.get(name),
    (name) => (stage === 'grpo' && from >= 0 ? trend(streams.column(name), from, at) : undefined),
  );
  return (
    <div className="headline">
      <p className="headline-text">{held === null ? sentence : `Looking back: ${sentence}`}</p>
      {warnings.map((warning) => (
        <p key={warning} className="callout warn" role="status">
          {warning}
        </p>
      ))}
    </div>
  );
}
