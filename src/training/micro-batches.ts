import { Recorder, type Program } from '../gpu/recorder';
import { packSequences } from '../model/batch';
import { partsOf, type BatchPart } from '../model/batch-parts';
import { recordBackward, recordForward } from '../model/transformer';
import type { Objective, LossTerm } from '../objectives/objective';
import {
  eachObjective,
  recordNorm,
  termsOf,
  writeTerms,
  type GradientPass,
  type StepBatch,
  type StepParts,
} from './gradient-pass';

type Programs = Record<'begin' | 'forward' | 'keep' | 'compare' | 'backward' | 'norm', Program>;

/**
 * Computes the gradients of a batch part by part (micro-batches), so that activations exist for one part at a time;
 * they are added up in an order that the batch decides. Losses are shares of the whole batch's in every part. Where a
 * loss compares sequences of several parts, all parts go forward first, the loss's gradient with respect to their
 * embeddings is kept, and they go forward again, each with its backward pass (GradCache, Gao et al., arXiv 2101.06983).
 */
export class MicroBatches implements GradientPass {
  private programs: Programs | null = null;
  private submits = 1;

  /** @param parts made for the most tokens of one part. */
  constructor(private readonly parts: StepParts) {}

  async record(): Promise<void> {
    const { gpu, model, batch, activations, scratch, gradients, partial, objectives } = this.parts;
    const program = async (label: string, body: (recorder: Recorder) => void): Promise<Program> => {
      const recorder = new Recorder(gpu, label);
      body(recorder);
      return recorder.finish();
    };
    this.programs = {
      begin: await program('begin gradients', (recorder) => {
        for (const page of gradients.pages) recorder.clear(page);
        for (const { cached } of objectives) cached?.begin(recorder);
      }),
      forward: await program('forward', (recorder) => recordForward(recorder, model, batch, activations)),
      keep: await program('keep embeddings', (recorder) =>
        eachObjective(this.parts, recorder, true, ({ cached }, step) => cached?.keep(step)),
      ),
      compare: await program('compare embeddings', (recorder) =>
        eachObjective(this.parts, recorder, true, ({ cached }, step) => cached?.compare(step)),
      ),
      backward: await program('gradients', (recorder) => {
        recorder.clear(scratch.dhidden);
        eachObjective(this.parts, recorder, true, (objective, step) => {
          if (objective.cached) objective.cached.giveBack(step);
          else objective.record(step);
        });
        recordBackward(recorder, model, batch, activations, scratch, gradients, partial, true);
      }),
      norm: await program('norm', (recorder) => recordNorm(recorder, this.parts)),
    };
  }

  run({ sequences, terms }: StepBatch, slot: number): number {
    const { programs, parts } = this;
    if (!programs) throw new Error('record() comes before run()');
    const { objectives, batch, gpu, ring } = parts;
    const own = termsOf(objectives, terms);
    const all = partsOf(sequences, batch.tokens);
    this.share(all.length);
    gpu.write(ring.view, new Float32Array(ring.width), slot * ring.width * 4);
    programs.begin.run();
    // The part whose activations are there comes first: its forward pass is not run again.
    const held = this.compare(programs, all, own);
    for (const part of held ? [held, ...all.filter((part) => part !== held)] : all) {
      this.load(part, writeTerms(objectives, own, part));
      if (part !== held) programs.forward.run();
      programs.backward.run();
    }
    programs.norm.run();
    return all.length;
  }

  /** Queues the losses that need the whole batch, with their gradients. @returns the part that went forward last. */
  private compare(
    programs: Programs,
    all: readonly BatchPart[],
    own: ReadonlyMap<Objective, LossTerm>,
  ): BatchPart | null {
    const { objectives, batch } = this.parts;
    const compared = new Map([...own].filter(([{ cached }]) => cached));
    const counts = objectives.flatMap(
      (objective) => compared.get(objective)?.writeCached() ?? objective.counts.map(() => 0),
    );
    if (counts.every((count) => count === 0)) return null;
    let last: BatchPart | null = null;
    for (const part of all) {
      const live = writeTerms(objectives, compared, part);
      if (live.every((count) => count === 0)) continue;
      this.load(part, live);
      programs.forward.run();
      programs.keep.run();
      last = part;
    }
    batch.write(packSequences([]), {}, counts);
    programs.compare.run();
    return last;
  }

  private load({ sequences }: BatchPart, counts: readonly number[]): void {
    this.parts.batch.write(packSequences(sequences), {}, counts);
  }

  split(submits: number): void {
    this.submits = submits;
  }

  /** Gives each part its share of a step's submits. */
  private share(parts: number): void {
    if (!this.programs) return;
    for (const program of [this.programs.forward, this.programs.backward])
      program.submits = Math.max(1, Math.min(Math.ceil(this.submits / parts / 2), program.dispatches));
  }

  destroy(): void {
    if (this.programs) for (const program of Object.values(this.programs)) program.destroy();
  }
}
