import type { Bench } from '../reference/harness';
import { NO_TOKEN, samplingWords, type SamplingState } from './decode';

/** The value of integer outputs before a kernel runs. */
export const UNTOUCHED = 7777;
/** A state of decoding, of which a test says what it is about. */
export const state = (s: Partial<SamplingState>): SamplingState => ({
  sequences: 0,
  maxTokens: 4,
  stopToken: NO_TOKEN,
  seed: 12,
  stream: 5,
  step: 3,
  temperature: 1,
  top_k: 0,
  top_p: 1,
  ...s,
});
/** The state's words at position t. */
export function wordsAt(t: number, s: Partial<SamplingState>): Uint32Array<ArrayBuffer> {
  const words = samplingWords(state(s));
  words[0] = t;
  return words;
}
/** Integers on the GPU that no kernel has written. */
export const untouched = (bench: Bench, length: number) => bench.integers(new Uint32Array(length).fill(UNTOUCHED));
/** Rows (id, position, sequence, done). */
export type Row = readonly [id: number, position: number, sequence: number, done: number];
