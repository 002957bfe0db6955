import { useSelection } from '../../store/selection';
import { runShownNow } from '../../store/shown';
import { streams } from '../../store/streams';

/** Takes hold of a step that the run has reached; the newest one is followed instead. */
export function goToStep(step: number): void {
  const last = streams.lastStep();
  if (last === 0 || !runShownNow()) return;
  const wanted = Math.max(1, Math.min(last, Math.round(step)));
  const { follow, holdStep } = useSelection.getState();
  if (wanted >= last) follow();
  else holdStep(wanted);
}

export const moveStep = (by: number): void => goToStep((useSelection.getState().step ?? streams.lastStep()) + by);

/** The evaluation before or after the step in view. */
export function moveToEvaluation(direction: 1 | -1): void {
  const from = useSelection.getState().step ?? streams.lastStep();
  const steps = streams.evaluations.map(({ step }) => step);
  const next = direction > 0 ? steps.find((step) => step > from) : steps.findLast((step) => step < from);
  if (next !== undefined) goToStep(next);
  else if (direction > 0) useSelection.getState().follow();
}
