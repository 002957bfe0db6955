import type { ReactNode } from 'react';
import { pointAt, pointAway } from '../../store/hover';
import { streams } from '../../store/streams';
import { goToStep } from './timeline-steps';

/** Props of an element that stands for a step: when it is hovered or focused, the step is marked on the whole page. */
export const pointsAt = (step: number) => ({
  onPointerEnter: () => pointAt(step, streams.lastStep()),
  onPointerLeave: pointAway,
  onFocus: () => pointAt(step, streams.lastStep()),
  onBlur: pointAway,
});

/** A link to a step. */
export function StepLink({ step, children }: { step: number; children: ReactNode }) {
  return (
    <button type="button" className="link-button" {...pointsAt(step)} onClick={() => goToStep(step)}>
      {children}
    </button>
  );
}
