import type { GenerationSize } from './sizes';

/** One library's decoding with a key-value cache, as the benchmark drives it. */
export interface GenerationContender {
  readonly name: string;
  /** Reads the prompts and writes every completion, greedily; those of a prompt stand next to each other. */
  generate(): Promise<number[][]>;
  destroy(): void;
}

export type MakeGeneration = (size: GenerationSize) => Promise<GenerationContender>;
