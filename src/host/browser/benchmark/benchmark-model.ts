import type { EmbeddingModel } from '../../../training/benchmark/embedder';
import type { BenchmarkModelState } from './api';
import type { Reader } from './reader';

/** A model that a benchmark uses, and a way to use it between two steps of its run. */
export interface BenchmarkModel extends BenchmarkModelState {
  /** Name of a model that was opened by itself. */
  name?: string;
  model: EmbeddingModel;
  reader: () => Promise<Reader> | Reader;
  take: <T>(work: () => Promise<T>) => Promise<T>;
  /** Releases a model that was opened for the benchmark alone. */
  close?: () => Promise<void>;
}
