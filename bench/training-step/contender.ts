import type { ModelSize } from './sizes';

/** One library's training step, as the benchmark drives it. */
export interface Contender {
  readonly name: string;
  /** Parameters that are trained. */
  readonly parameters: number;
  /** Queues one whole step on the same batch and resolves when the GPU has finished it. */
  step(): Promise<void>;
  /** Losses of the steps so far, before each one's update. */
  losses(): Promise<number[]>;
  destroy(): void;
}

export type MakeContender = (size: ModelSize) => Promise<Contender>;
