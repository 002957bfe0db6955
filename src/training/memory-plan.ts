import { PROJECTIONS, type LoraSettings } from '../config/lora';
import type { OpenedModel } from '../formats/opened-model';
import type { Gpu } from '../gpu/gpu';
import { plannedGpu } from '../gpu/planned';
import { partTokens } from '../model/batch-parts';
import { Generator } from '../model/generator';
import { Encoder } from '../model/inference';
import { Model } from '../model/model';
import { NextToken } from '../objectives/next-token';
import type { MemoryPlan, PlanChoices } from '../records/memory';
import { searchBuffers } from '../retrieval/exact-gpu-index';
import { SUBMIT_SEQUENCES, SUBMIT_TOKENS } from './benchmark/embedder';
import { TrainStep } from './train-step';

type Planned = Pick<OpenedModel, 'arch' | 'tensorDtype'>;

/** Something that the plan makes to count its memory, and destroys again. */
export interface Made {
  destroy: () => void;
}

/** Settings of the optimiser, which do not change how much memory it takes. */
const OPTIMISER = { beta1: 0, beta2: 0, eps: 1, weightDecay: 0, maxNorm: 1 };
/** Number of floats beside each trained weight: its gradient and two moments. */
const BESIDE = 3;

/**
 * Plans the GPU memory of an opened model: what loading it and running a step allocate is made, by the same
 * constructors, on a GPU that holds nothing and counts. Recorded programs are left out, some kilobytes a layer.
 */
export class MemoryPlanner {
  private readonly gpu = plannedGpu();
  /** The model of the last plan, and the choices that it was made for. */
  private current: { key: string; model: Model; weights: number; adapters: number } | null = null;

  constructor(private readonly opened: Planned) {}

  plan(choices: PlanChoices): MemoryPlan {
    const { gpu } = this;
    const { batch, length, documents } = choices;
    const { model, weights, adapters } = this.modelOf(choices);
    const { architecture } = model;
    const moments = BESIDE * adapters;
    const parts = {
      weights,
      adapters,
      moments,
      // A step makes gradients and moments too.
      activations: plannedBytes(gpu, () => this.step(model, choices)) - moments,
      cache: plannedBytes(gpu, () => [
        new Generator(model, { promptTokens: batch * length, sequences: batch, maxTokens: length }),
      ]),
      index: plannedBytes(gpu, () => searchParts(gpu, documents, architecture.hidden_size)),
    };
    return summed(parts);
  }

  /** The largest batch, at most `most`, whose plan fits in `bytes`; 0 where none does. */
  largestBatch(choices: PlanChoices, bytes: number, most: number): number {
    let [fitting, tooMany] = [0, most + 1];
    while (tooMany - fitting > 1) {
      const middle = Math.floor((fitting + tooMany) / 2);
      if (this.plan({ ...choices, batch: middle }).total <= bytes) fitting = middle;
      else tooMany = middle;
    }
    return fitting;
  }

  /** The fewest micro-batches in which a step of training fits in `bytes`; 0 where not even one sequence at a time does. */
  fewestParts(choices: PlanChoices, bytes: number): number {
    const fits = (parts: number): boolean => this.plan({ ...choices, parts }).total <= bytes;
    let [tooFew, enough] = [0, choices.batch];
    if (choices.rank === 0 || !fits(enough)) return 0;
    while (enough - tooFew > 1) {
      const middle = Math.floor((tooFew + enough) / 2);
      if (fits(middle)) enough = middle;
      else tooFew = middle;
    }
    return enough;
  }

  /** The model as a run makes it, with its adapter where one is trained. */
  private modelOf({ rank, tokenRow }: PlanChoices) {
    const key = `${rank} ${tokenRow}`;
    if (this.current?.key === key) return this.current;
    this.current?.model.destroy();
    this.current = null;
    const { arch, tensorDtype } = this.opened;
    // Which token's row it is makes no difference to what it takes.
    const lora = { rank, alpha: rank, rslora: false, targets: PROJECTIONS, embedToken: tokenRow ? 0 : null };
    const adapter: LoraSettings | null = rank > 0 ? lora : null;
    const before = this.gpu.counters.liveBytes;
    const model = new Model(this.gpu, arch, {
      dtype: tensorDtype,
      ...(adapter === null ? { trained: () => false } : { adapter }),
    });
    const adapters = model.table.pages.reduce((sum, { group, bytes }) => sum + (group === 'trained' ? bytes : 0), 0);
    this.current = { key, model, weights: this.gpu.counters.liveBytes - before - adapters, adapters };
    return this.current;
  }

  /** The parts of a step of training, or of embedding where nothing is trained. */
  private step(model: Model, { rank, batch, parts, length, activations }: PlanChoices): Made[] {
    const { gpu } = this;
    if (rank === 0) return [new Encoder(model, Math.max(SUBMIT_TOKENS, length), SUBMIT_SEQUENCES)];
    const tokens = batch * length;
    const atOnce = partTokens(tokens, length, parts);
    const lm = new NextToken(model, { name: 'sft', targets: atOnce, weight: 1 });
    return [new TrainStep(gpu, model, tokens, [lm], OPTIMISER, activations, atOnce)];
  }
}

/** Bytes that are allocated while `make`'s parts exist. @param gpu one that counts */
export function plannedBytes({ counters }: Gpu, make: () => readonly Made[]): number {
  const before = counters.liveBytes;
  const all = make();
  const bytes = counters.liveBytes - before;
  for (const one of all) one.destroy();
  return bytes;
}

/** A plan's parts with their total. */
export const summed = (parts: Omit<MemoryPlan, 'total'>): MemoryPlan => ({
  ...parts,
  total: Object.values(parts).reduce((sum, bytes) => sum + bytes, 0),
});

/** The parts that a search over `size` documents of `dimension` channels has on the GPU. */
export function searchParts(gpu: Gpu, size: number, dimension: number): Made[] {
  if (size === 0) return [];
  const { documents, exact } = searchBuffers(gpu, { size, dimension, queries: 1 });
  return [exact, { destroy: () => gpu.free(documents) }];
}
