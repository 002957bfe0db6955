import type { Architecture } from '../config/architecture';
import type { OpenedModel } from '../formats/opened-model';
import type { Gpu } from '../gpu/gpu';
import { plannedGpu } from '../gpu/planned';
import { Generator } from '../model/generator';
import { Encoder } from '../model/inference';
import { Model } from '../model/model';
import { NextToken } from '../objectives/next-token';
import type { MemoryPlan, PlanChoices } from '../records/memory';
import { searchBuffers } from '../retrieval/exact-gpu-index';
import { tensorLayout } from '../tensors/layout';
import { SUBMIT_SEQUENCES, SUBMIT_TOKENS } from './benchmark/embedder';
import { TrainStep } from './train-step';

type Planned = Pick<OpenedModel, 'arch' | 'tensorDtype'>;

/** Something that is let go again once it was counted. */
export interface Made {
  destroy: () => void;
}

/** How it updates takes no memory of its own. */
const OPTIMISER = { beta1: 0, beta2: 0, eps: 1, weightDecay: 0, maxNorm: 1 };
/** A trained f32 weight has a gradient and two moments beside it. */
const BESIDE = 3;

/**
 * What an opened model would take on the GPU: what a load and a step make is made, by the same constructors, on a GPU that
 * holds nothing and counts. Recorded programs are left out, some kilobytes a layer.
 */
export class MemoryPlanner {
  private readonly gpu = plannedGpu();
  private readonly model: Model;
  private readonly weights: number;

  constructor(opened: Planned) {
    this.model = new Model(this.gpu, opened.arch, { trained: () => false, dtype: opened.tensorDtype });
    this.weights = this.gpu.counters.liveBytes;
  }

  plan(choices: PlanChoices): MemoryPlan {
    const { gpu, model, weights } = this;
    const { rank, batch, length, documents } = choices;
    const { architecture } = model;
    const adapters = 4 * adapterWeights(architecture, rank);
    const parts = {
      weights,
      adapters,
      moments: BESIDE * adapters,
      activations: this.made(() => this.step(choices)),
      cache: this.made(() => [
        new Generator(model, { promptTokens: batch * length, sequences: batch, maxTokens: length }),
      ]),
      index: this.made(() => searchParts(gpu, documents, architecture.hidden_size)),
    };
    return { ...parts, total: Object.values(parts).reduce((sum, bytes) => sum + bytes, 0) };
  }

  /** The largest batch whose plan fits in `bytes`, at most `most`; 0 where none does. */
  largestBatch(choices: PlanChoices, bytes: number, most: number): number {
    let [fitting, tooMany] = [0, most + 1];
    while (tooMany - fitting > 1) {
      const middle = Math.floor((fitting + tooMany) / 2);
      if (this.plan({ ...choices, batch: middle }).total <= bytes) fitting = middle;
      else tooMany = middle;
    }
    return fitting;
  }

  /** What a step of training has, or what embedding has where nothing is trained. */
  private step({ rank, batch, length, activations }: PlanChoices): Made[] {
    const { gpu, model } = this;
    if (rank === 0) return [new Encoder(model, Math.max(SUBMIT_TOKENS, length), SUBMIT_SEQUENCES)];
    const tokens = batch * length;
    const lm = new NextToken(model, { name: 'sft', targets: tokens, weight: 1 });
    return [new TrainStep(gpu, model, tokens, [lm], OPTIMISER, activations)];
  }

  /** Bytes that are live while what is made is there. */
  private made(make: () => readonly Made[]): number {
    const { counters } = this.gpu;
    const before = counters.liveBytes;
    const all = make();
    const bytes = counters.liveBytes - before;
    for (const one of all) one.destroy();
    return bytes;
  }
}

/** What searching so many documents of so many channels holds on the GPU. */
export function searchParts(gpu: Gpu, size: number, dimension: number): Made[] {
  if (size === 0) return [];
  const { documents, exact } = searchBuffers(gpu, { size, dimension, queries: 1 });
  return [exact, { destroy: () => gpu.free(documents) }];
}

/** Weights of LoRA's A (rank, in) and B (out, rank) on all seven projections of every layer. */
export function adapterWeights(arch: Architecture, rank: number): number {
  const projections = tensorLayout(arch).filter(({ name, shape }) => shape.length === 2 && /^\d+\./.test(name));
  const parts = projections.flatMap((tensor) => tensor.parts);
  return parts.reduce((sum, { shape: [out = 0, into = 0] }) => sum + rank * (out + into), 0);
}
