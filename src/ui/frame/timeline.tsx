import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { useRun } from '../../store/run';
import { useSelection } from '../../store/selection';
import { useSession } from '../../store/session';
import { streams } from '../../store/streams';
import { STAGE_LABELS, placeOf, type StagePlan } from '../../view/stages';
import { shareOf, stepAt, timelinePath, timelineStages } from '../../view/timeline-layout';
import { IconButton } from '../kit/icon-button';
import { ChevronIcon, LeftIcon, NewestIcon } from '../kit/icons';
import { useTick } from '../kit/use-tick';
import { goToStep, moveStep, moveToEvaluation } from './timeline-steps';

/** The spine: all stages, what was marked on the way, and the step that the page looks at. */
export function Timeline() {
  useTick();
  const plan = useRun((state) => state.plan);
  const session = useSession((state) => state.session);
  const held = useSelection((state) => state.step);
  const stages = plan?.stages ?? plannedStages(session);
  const total = stages.reduce((sum, { steps }) => sum + steps, 0);
  const last = streams.lastStep();
  const step = held ?? last;

  return (
    <section className="timeline" aria-label="Timeline">
      <Track stages={stages} total={total} step={step} last={last} />
      <div className="timeline-side">
        <span className="timeline-step">{step > 0 ? `step ${step.toLocaleString('en')}` : 'no step yet'}</span>
        <IconButton label="Step before" disabled={step <= 1} onClick={() => moveStep(-1)}>
          <LeftIcon />
        </IconButton>
        <IconButton label="Step after" disabled={held === null} onClick={() => moveStep(1)}>
          <ChevronIcon />
        </IconButton>
        <IconButton
          label={held === null ? 'Following the newest step' : 'Follow the newest step'}
          aria-pressed={held === null}
          disabled={last === 0}
          onClick={useSelection.getState().follow}
        >
          <NewestIcon />
        </IconButton>
      </div>
    </section>
  );
}

interface TrackProps {
  stages: readonly StagePlan[];
  total: number;
  step: number;
  last: number;
}

function Track({ stages, total, step, last }: TrackProps) {
  const track = useRef<HTMLDivElement>(null);
  const [size, setSize] = useState({ width: 600, height: 52 });
  useEffect(() => {
    const element = track.current;
    if (!element) return;
    const observer = new ResizeObserver(([entry]) => {
      if (entry) setSize({ width: entry.contentRect.width, height: entry.contentRect.height });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, []);

  const toPointer = (event: PointerEvent): void => {
    const box = event.currentTarget.getBoundingClientRect();
    goToStep(stepAt(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)), total));
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const by = event.shiftKey ? 10 : 1;
    const actions: Record<string, () => void> = {
      ArrowLeft: () => moveStep(-by),
      ArrowRight: () => moveStep(by),
      PageUp: () => moveToEvaluation(1),
      PageDown: () => moveToEvaluation(-1),
      Home: () => goToStep(1),
      End: () => useSelection.getState().follow(),
    };
    const action = actions[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  };

  const place = placeOf(stages, Math.max(1, step));
  const said =
    step > 0 && place
      ? `Step ${step} of ${total}, ${STAGE_LABELS[place.plan.stage].short}, update ${place.update}`
      : 'No step yet';
  return (
    <div
      ref={track}
      className="timeline-track"
      role="slider"
      tabIndex={0}
      aria-label="Step"
      aria-valuemin={0}
      aria-valuemax={Math.max(1, last)}
      aria-valuenow={step}
      aria-valuetext={said}
      aria-disabled={last === 0}
      onKeyDown={onKeyDown}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        toPointer(event);
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) toPointer(event);
      }}
    >
      <Drawing stages={stages} total={total} step={step} last={last} {...size} />
    </div>
  );
}

const TEXT = 16;

function Drawing({ stages, total, step, last, width, height }: TrackProps & { width: number; height: number }) {
  const laid = timelineStages(stages, total);
  const x = (at: number): number => shareOf(at, total) * width;
  const bottom = height - 8;
  const loss = streams.column('loss');
  const path = loss
    ? timelinePath(streams.steps(), loss, laid, { width, top: TEXT + 2, bottom: bottom - 3, total })
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
      <path className="curve" d={path} />
      {streams.evaluations.map((point) => (
        <path key={point.step} className="mark-evaluation" d={`M${x(point.step)} ${bottom + 1}l3.5 6h-7z`} />
      ))}
      {streams.checkpoints.map((at) => (
        <path key={at} className="mark-checkpoint" d={`M${x(at)} ${TEXT + 1}l3 3-3 3-3-3z`} />
      ))}
      {step > 0 && (
        <>
          <line className="hand" x1={x(step)} x2={x(step)} y1={TEXT - 4} y2={bottom + 2} />
          <circle className="hand-knob" cx={x(step)} cy={TEXT - 4} r={4} />
        </>
      )}
    </svg>
  );
}

/** What would run, for the page before the first run. */
function plannedStages(session: {
  pretrain: { steps: number };
  sft: { steps: number };
  grpo: { steps: number };
}): StagePlan[] {
  const planned: StagePlan[] = [];
  let firstStep = 1;
  for (const stage of ['pretrain', 'sft', 'grpo'] as const) {
    const { steps } = session[stage];
    if (steps > 0) planned.push({ stage, firstStep, steps });
    firstStep += steps;
  }
  return planned;
}
