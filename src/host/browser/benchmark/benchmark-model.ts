import type { EmbeddingModel } from '../../../training/benchmark/embedder';
import type { BenchmarkModelState } from './api';
import type { Reader } from './reader';

/** A run's model, and a turn between two of its steps. */
export interface BenchmarkModel extends BenchmarkModelState {
  /** Of an opened model. */
  name?: string;
  model: EmbeddingModel;
  reader: () => Promise<Reader> | Reader;
  take: <T>(work: () => Promise<T>) => Promise<T>;
  /** Lets go of what was opened for the benchmark alone. */
  close?: () => Promise<void>;
}
