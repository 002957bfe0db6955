import { useEffect, useMemo, useRef, useState, type KeyboardEvent, type PointerEvent } from 'react';
import { placeOf, planStages, stepWords, type StagePlan } from '../../config/stages';
import { pointAt, pointAway } from '../../store/hover';
import { usePlayback } from '../../store/playback';
import { isLive, nameOnPage, useRan, useRun } from '../../store/run';
import { useSelection } from '../../store/selection';
import { useSession } from '../../store/session';
import { useRunShown } from '../../store/shown';
import { streams } from '../../store/streams';
import { stepAt } from '../../view/timeline-layout';
import { IconButton } from '../kit/icon-button';
import { ChevronIcon, ForkIcon, LeftIcon, NewestIcon, PauseIcon, ReplayIcon } from '../kit/icons';
import { useTick } from '../kit/use-tick';
import { Drawing, Hand, Pointed } from './timeline-drawing';
import { forkFromView } from './fork-from-view';
import { togglePlay, usePlaying } from './timeline-play';
import { goToStep, moveStep, moveToEvaluation } from './timeline-steps';
import './timeline.css';

/** The spine: all stages, what was marked on the way, and the step that the page looks at. */
export function Timeline() {
  const beat = useTick();
  usePlaying();
  const shown = useRunShown();
  const ran = useRan(({ plan }) => plan);
  const plan = shown ? ran : null;
  const session = useSession((state) => state.session);
  const held = useSelection((state) => state.step);
  const playing = usePlayback((state) => state.playing);
  const stages = useMemo(() => plan?.stages ?? planStages(session), [plan, session]);
  const total = stages.reduce((sum, { steps }) => sum + steps, 0);
  const last = shown ? streams.lastStep() : 0;
  const step = last === 0 ? 0 : (held ?? last);
  // While it continues, the newest step is another one in a moment.
  const forkable =
    useRun((state) => nameOnPage(state) !== null && (held !== null || !isLive(state.status))) && step > 0;

  return (
    <section className="timeline" aria-label="Timeline">
      <Track {...{ stages, total, step, last, beat }} />
      <div className="timeline-side">
        <StepCount stages={stages} step={step} />
        <IconButton label="Step before" disabled={step <= 1} onClick={() => moveStep(-1)}>
          <LeftIcon />
        </IconButton>
        <IconButton
          label={playing ? 'Stop the replay' : 'Replay the run, step by step'}
          aria-pressed={playing}
          disabled={last <= 1}
          onClick={() => togglePlay(placeOf(stages, Math.max(1, step))?.plan.firstStep ?? 1)}
        >
          {playing ? <PauseIcon /> : <ReplayIcon />}
        </IconButton>
        <IconButton label="Step after" disabled={held === null || last === 0} onClick={() => moveStep(1)}>
          <ChevronIcon />
        </IconButton>
        <IconButton
          label={step > 0 ? `Fork from step ${step}` : 'Fork from a step'}
          disabled={!forkable}
          onClick={() => forkFromView(step)}
        >
          <ForkIcon />
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

/** The step in view: in the run, and below it in its stage. */
function StepCount({ stages, step }: { stages: readonly StagePlan[]; step: number }) {
  const [whole, ofStage] = (step > 0 ? stepWords(stages, step) : 'no step yet').split(' · ');
  return (
    <span className="timeline-step">
      {whole}
      {ofStage !== undefined && <span className="muted small">{ofStage}</span>}
    </span>
  );
}

interface TrackProps {
  stages: readonly StagePlan[];
  total: number;
  step: number;
  last: number;
  beat: number;
}

function Track({ stages, total, step, last, beat }: TrackProps) {
  const shown = useRunShown();
  const ran = useRan(({ ancestors }) => ancestors);
  const chosen = useSession((state) => state.ancestors);
  const forks = useMemo(() => ((shown ? ran : null) ?? chosen).map(({ step: at }) => at), [shown, ran, chosen]);
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

  const underPointer = (event: PointerEvent): number => {
    const box = event.currentTarget.getBoundingClientRect();
    return stepAt(Math.min(1, Math.max(0, (event.clientX - box.left) / box.width)), total);
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

  const said = step > 0 ? stepWords(stages, step) : 'no step yet';
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
        pointAway();
        goToStep(underPointer(event));
      }}
      onPointerMove={(event) => {
        if (event.currentTarget.hasPointerCapture(event.pointerId)) goToStep(underPointer(event));
        else if (event.pointerType === 'mouse') pointAt(underPointer(event), last);
      }}
      onPointerLeave={pointAway}
    >
      <Drawing {...{ stages, total, last, forks, beat }} {...size} />
      <Hand step={step} total={total} {...size} />
      <Pointed total={total} {...size} />
    </div>
  );
}
