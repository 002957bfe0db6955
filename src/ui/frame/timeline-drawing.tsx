import { memo } from 'react';
import { STAGE_LABELS, type StagePlan } from '../../config/stages';
import { useHover } from '../../store/hover';
import { useRecords } from '../../store/records';
import { streams } from '../../store/streams';
import { marksPath, shareOf, timelinePath, timelineStages, type AscendingSteps } from '../../view/timeline-layout';
import { WarningMarks } from './warning-marks';

const TEXT = 16;
const warnings = new WarningMarks();

interface DrawingProps {
  stages: readonly StagePlan[];
  total: number;
  last: number;
  width: number;
  height: number;
  /** The last step of each ancestor of a fork, the oldest first. */
  forks: readonly number[];
  /** Changes when there is more to draw. */
  beat: number;
}

/** Everything on the timeline but the hand, which moves far more often. */
export const Drawing = memo(function Drawing({ stages, total, last, width, height, forks }: DrawingProps) {
  const laid = timelineStages(stages, total);
  const x = (at: number): number => shareOf(at, total) * width;
  const bottom = height - 8;
  // A session that has not run has nothing on its line yet.
  const hasRun = last > 0;
  const loss = hasRun ? streams.column('loss') : undefined;
  // What was recorded grows in place, and is read when `beat` says that there is more.
  const refreshes = useRecords.getState().graph;
  const { evaluations, checkpoints } = streams;
  const evaluated = { length: evaluations.length, at: (place: number) => evaluations[place]?.step };
  const marks = (steps: AscendingSteps, shape: string): string => (hasRun ? marksPath(steps, x, shape) : '');
  const path = loss
    ? timelinePath(streams.steps(), loss, laid, { width, top: TEXT + 2, bottom: bottom - 6, total })
    : '';
  return (
    <svg aria-hidden="true" viewBox={`0 0 ${width} ${height}`}>
      {last > 0 && <rect className="done" x={0} y={TEXT} width={x(last)} height={bottom - TEXT} />}
      <line className="base" x1={0} x2={width} y1={bottom} y2={bottom} />
      {laid.map(({ plan, from, to }) => (
        <g key={plan.stage}>
          <line className="stage-edge" x1={from * width} x2={from * width} y1={0} y2={bottom} />
          <text x={from * width + 5} y={11}>
            {(to - from) * width > 190
              ? `${STAGE_LABELS[plan.stage].short}, ${plan.steps} steps`
              : (to - from) * width > 56
                ? STAGE_LABELS[plan.stage].long
                : ''}
          </text>
        </g>
      ))}
      {forks.map((at) => (
        <line key={at} className="mark-fork" x1={x(at)} x2={x(at)} y1={TEXT} y2={bottom}>
          <title>A fork from step {at}</title>
        </line>
      ))}
      <path className="curve" d={path} />
      <path className="mark-refresh" d={marks(refreshes, `${bottom - 4}v4`)} />
      <path className="mark-evaluation" d={marks(evaluated, `${bottom + 1}l3.5 6h-7z`)} />
      <path className="mark-checkpoint" d={marks(checkpoints, `${TEXT + 1}l3 3-3 3-3-3z`)} />
      <path className="mark-warning" d={marks(hasRun ? warnings.of(streams) : [], `${TEXT + 8}v8m0 3v1.5`)}>
        <title>Something began to look wrong at this step</title>
      </path>
    </svg>
  );
});

/** The step that the page looks at. */
export function Hand({ step, total, width, height }: { step: number; total: number; width: number; height: number }) {
  if (step <= 0) return null;
  const x = shareOf(step, total) * width;
  return (
    <svg className="timeline-hand" aria-hidden="true" viewBox={`0 0 ${width} ${height}`}>
      <line className="hand" x1={x} x2={x} y1={TEXT - 4} y2={height - 6} />
      <circle className="hand-knob" cx={x} cy={TEXT - 4} r={4} />
    </svg>
  );
}

/** The step under the pointer, here or in a chart or a list. */
export function Pointed({ total, width, height }: { total: number; width: number; height: number }) {
  const step = useHover((state) => state.step);
  if (step === null) return null;
  const x = shareOf(step, total) * width;
  const isLeft = x > width - 80;
  return (
    <svg
      className="timeline-hand timeline-pointed"
      data-step={step}
      aria-hidden="true"
      viewBox={`0 0 ${width} ${height}`}
    >
      <line className="pointed" x1={x} x2={x} y1={TEXT - 4} y2={height - 6} />
      <text className="pointed-step" x={isLeft ? x - 5 : x + 5} y={TEXT + 10} textAnchor={isLeft ? 'end' : 'start'}>
        step {step.toLocaleString('en')}
      </text>
    </svg>
  );
}
