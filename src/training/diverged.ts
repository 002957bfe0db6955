import type { Written } from '../kernels/finite/finite';
import { InputError } from '../lib/errors';
import type { StepMetrics } from '../records/records';

/** The error of a training run whose numbers are no longer finite: nothing after `step` is of use. */
export class DivergedError extends InputError {
  /** @param step the step at which this was noticed, from 1 across all stages. */
  constructor(
    readonly step: number,
    what: string,
  ) {
    super(`step ${step}: ${what}, expected finite numbers`, 'diverged');
  }
}

const shown = (value: number): string => (Number.isNaN(value) ? 'not a number' : 'infinite');

/**
 * Checks losses, gradient norms and loss scales. A step that was skipped, because halves overflowed in its gradient, has no
 * norm: it is no divergence while the scale has room to fall.
 * @throws DivergedError for the first step in which a number is not finite, or whose gradient overflows without a scale too.
 */
export function checkFinite(lines: readonly StepMetrics[]): void {
  for (const { step, loss, grad_norm, loss_scale } of lines) {
    if (typeof loss_scale === 'number' && loss_scale < 1) {
      throw new DivergedError(step, `the gradient overflows 16 bits at a loss scale of ${2 * loss_scale} too`);
    }
    if (!Number.isFinite(loss)) throw new DivergedError(step, `the loss is ${shown(loss)}`);
    if (typeof grad_norm === 'number' && !Number.isFinite(grad_norm)) {
      throw new DivergedError(step, `the norm of the gradient is ${shown(grad_norm)}`);
    }
  }
}

/**
 * Checks weights, which a step may spoil after its loss was measured.
 * @throws DivergedError where one is not finite.
 */
export function checkWeights(step: number, pages: readonly Float32Array[]): void {
  for (const page of pages) {
    const strange = page.find((value) => !Number.isFinite(value));
    if (strange !== undefined) throw new DivergedError(step, `a weight is ${shown(strange)}`);
  }
}

/** The kernel, tensor and step in which a number first stopped being finite. */
export interface Fault extends Written {
  step: number;
}

/**
 * Says in one sentence what was noticed, and what the search for its cause found.
 * @param from the step of the last good state, 0 where there is none.
 */
export function faultSentence(seen: DivergedError, fault: Fault | null, from: number): string {
  const since = from > 0 ? `the steps since step ${from}` : 'the steps from the start';
  const found =
    fault === null
      ? `run again with checks, ${since} wrote nothing of the kind, which is a fault of the device`
      : `run again with checks, ${since} first wrote one at step ${fault.step}: the kernel ${fault.kernel}, into ${fault.tensor} (${fault.binding})`;
  return `${seen.message}; ${found}`;
}
