import type { Session } from '../../config/session';
import type { Model } from '../../model/model';
import type { Evaluator } from '../../training/evaluate';
import type { SessionRun } from '../../training/session-run';

/** The most bytes of weights that are kept of a run in memory. */
const MOST_BYTES = 96e6;
/**
 * The most models that are kept: a run of tens of thousands of steps can be looked into at some fifty places, and its
 * memory stays flat.
 */
const MOST_KEPT = 100;

interface Kept {
  step: number;
  weights: Float32Array<ArrayBuffer>[];
}

/**
 * Keeps the model of a running run at its evaluations and checkpoints, so that it can be used again. Where they become
 * too many, every second one is released, so that the rest still spans the run.
 */
export class PastModels {
  private kept: Kept[] = [];
  /** The kept model that is in use: its documents are encoded. */
  private awake: { step: number; model: Model; search: Evaluator; session: Session } | null = null;

  constructor(private readonly training: SessionRun) {}

  get steps(): number[] {
    return this.kept.map(({ step }) => step);
  }

  /** Keeps the model if the run has just evaluated it or made a checkpoint. Call it between two steps. */
  async note(): Promise<void> {
    const { step, plan, session, model } = this.training;
    const due = (every: number) => every > 0 && step % every === 0;
    const ended = plan.some(({ firstStep, steps }) => step === firstStep + steps - 1);
    if (step === 0 || (this.kept.at(-1)?.step ?? 0) >= step) return;
    if (!ended && !due(session.evaluation.every) && !due(session.checkpoint.every)) return;
    this.kept.push({ step, weights: await model.weights.readPages() });
    const { bytes } = model.table;
    const isTooMuch = (): boolean => this.kept.length > MOST_KEPT || this.kept.length * bytes > MOST_BYTES;
    while (this.kept.length > 2 && isTooMuch()) this.kept = thinned(this.kept);
  }

  /** Search with the last kept model up to `step`; null where there is none. Valid until the next call. */
  async at(step: number): Promise<{ step: number; search: Evaluator } | null> {
    const found = this.kept.findLast((entry) => entry.step <= step);
    if (!found) return null;
    const { session } = this.training;
    // A fork continues with other settings.
    if (this.awake && this.awake.session !== session) this.destroy();
    if (this.awake?.step === found.step) return this.awake;
    const model = this.awake?.model ?? this.training.model.sibling();
    model.weights.writePages(found.weights);
    const search = this.awake?.search ?? this.training.evaluatorOf(model);
    this.awake = { step: found.step, model, search, session };
    await search.refresh();
    return this.awake;
  }

  destroy(): void {
    this.awake?.search.destroy();
    this.awake?.model.destroy();
    this.awake = null;
  }
}

/** Every second of them, the last included. */
export const thinned = <T>(kept: readonly T[]): T[] => kept.filter((_, i) => (kept.length - 1 - i) % 2 === 0);
