import type { ReactNode } from 'react';
import { pointAt, pointAway } from '../../store/hover';
import { streams } from '../../store/streams';
import { goToStep } from './timeline-steps';

/** What to give an element that stands for a step: pointed at, or focused, it marks the step on the whole page. */
export const pointsAt = (step: number) => ({
  onPointerEnter: () => pointAt(step, streams.lastStep()),
  onPointerLeave: pointAway,
  onFocus: () => pointAt(step, streams.lastStep()),
  onBlur: pointAway,
});

/** A step that one can go to. */
export function StepLink({ step, children }: { step: number; children: ReactNode }) {
  return (
    <button type="button" className="link-button" {...pointsAt(step)} onClick={() => goToStep(step)}>
      {children}
    </button>
  );
}
