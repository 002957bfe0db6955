import type { Written } from '../kernels/finite/finite';
import { InputError } from '../lib/errors';
import type { StepMetrics } from '../records/records';

/** Training that left the finite numbers: nothing after `step` is worth anything. */
export class DivergedError extends InputError {
  /** @param step at which it was seen, from 1 across all stages. */
  constructor(
    readonly step: number,
    what: string,
  ) {
    super(`step ${step}: ${what}, expected finite numbers`, 'diverged');
  }
}

const shown = (value: number): string => (Number.isNaN(value) ? 'not a number' : 'infinite');

/** @throws DivergedError for the first step whose loss or gradient's norm is not finite. */
export function checkFinite(lines: readonly StepMetrics[]): void {
  for (const { step, loss, grad_norm } of lines) {
    if (!Number.isFinite(loss)) throw new DivergedError(step, `the loss is ${shown(loss)}`);
    if (typeof grad_norm === 'number' && !Number.isFinite(grad_norm)) {
      throw new DivergedError(step, `the norm of the gradient is ${shown(grad_norm)}`);
    }
  }
}

/** @throws DivergedError for weights that a step has spoilt after its loss was measured. */
export function checkWeights(step: number, pages: readonly Float32Array[]): void {
  for (const page of pages) {
    const strange = page.find((value) => !Number.isFinite(value));
    if (strange !== undefined) throw new DivergedError(step, `a weight is ${shown(strange)}`);
  }
}

/** Where numbers stopped being finite. */
export interface Fault extends Written {
  step: number;
}

/**
 * What was seen, what was found and what is kept, in one sentence.
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
