import { useEffect } from 'react';
import { usePage } from '../../store/page';
import { usePlayback } from '../../store/playback';
import { useSelection } from '../../store/selection';
import { streams } from '../../store/streams';
import { goToStep } from './timeline-steps';

const PERIOD_MS = 250;
/** A whole run passes in about this long, where its steps need not be seen one by one. */
const WHOLE_MS = 40_000;
/** Views that show what a single step did. */
const STEP_BY_STEP = ['graph', 'traces'];

/** Starts at the step in view, or, where that is the newest, at the beginning of what the view shows. */
export function togglePlay(firstOfStage: number): void {
  const { playing, play, pause } = usePlayback.getState();
  if (playing) {
    pause();
    return;
  }
  if (useSelection.getState().step === null) goToStep(firstOfStage);
  play();
}

/** While the timeline plays: on to the next step, until it has caught up with the run. */
export function usePlaying(): void {
  const playing = usePlayback((state) => state.playing);
  useEffect(() => {
    if (!playing) return;
    const timer = setInterval(() => {
      const { step } = useSelection.getState();
      const last = streams.lastStep();
      if (step === null || step >= last) {
        usePlayback.getState().pause();
        return;
      }
      const single = STEP_BY_STEP.includes(usePage.getState().view);
      usePlayback.getState().pass();
      goToStep(step + (single ? 1 : Math.max(1, Math.ceil((last * PERIOD_MS) / WHOLE_MS))));
    }, PERIOD_MS);
    return () => clearInterval(timer);
  }, [playing]);
}
