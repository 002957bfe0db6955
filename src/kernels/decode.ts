import attentionSource from '../../shaders/sample/attention_decode.wgsl';
import appendSource from '../../shaders/sample/cache_append.wgsl';
import captureSource from '../../shaders/sample/capture_rows.wgsl';
import nextSource from '../../shaders/sample/next_rows.wgsl';
import sampleSource from '../../shaders/sample/sample_token.wgsl';
import type { View } from '../gpu/gpu';
import { f32, grid, type Recorder } from '../gpu/recorder';
import { qkvStride, type AttentionShape } from './attention';
import { rowWords, type KernelContext, type Rows } from './rows';

export interface SamplingState {
  sequences: number;
  maxTokens: number;
  /** Ends a sequence once it has been read; 0xffffffff: none. */
  stopToken: number;
  seed: number;
  stream: number;
  step: number;
  /** 0 is greedy. */
  temperature: number;
  /** 0 keeps all. */
  top_k: number;
  /** 1 keeps all. */
  top_p: number;
}
export const SAMPLING_WORDS = 12;
export const NO_TOKEN = 0xffffffff;

/** The `state` buffer at the start of a generation; its first word counts the tokens made. */
export function samplingWords(s: SamplingState): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(SAMPLING_WORDS);
  words.set([0, s.sequences, s.maxTokens, s.stopToken, s.seed, s.stream, s.step, s.top_k]);
  new Float32Array(words.buffer, 32, 2).set([s.temperature === 0 ? 0 : 1 / s.temperature, s.top_p]);
  return words;
}

/** What the rows of a generation are: state (words above), rows (R, 4) = (id, position, sequence, done). */
export interface DecodeRows extends KernelContext {
  rows: Rows;
  state: View;
  info: View;
}

/** Draws a token per live row from logits (R, V) into outIds, outLogprobs, outEntropies (sequences, pitch); lengths (sequences). */
export function sampleToken(
  recorder: Recorder,
  d: DecodeRows,
  t: {
    vocabulary: number;
    pitch: number;
    logits: View;
    outIds: View;
    outLogprobs: View;
    outEntropies: View;
    lengths: View;
  },
): void {
  const kernel = recorder.gpu.kernel('sample_token', sampleSource);
  const views = [d.counts, d.state, t.logits, d.info, t.outIds, t.outLogprobs, t.lengths, t.outEntropies];
  recorder.dispatch(kernel, [...rowWords(d.rows), t.vocabulary, t.pitch], views, grid(d.rows.limit, 1));
}

/** Drops finished rows and moves to the next position: `next` (R, 4), ids and positions (R). */
export function nextRows(recorder: Recorder, d: DecodeRows, t: { next: View; ids: View; positions: View }): void {
  const kernel = recorder.gpu.kernel('next_rows', nextSource);
  recorder.dispatch(
    kernel,
    [d.rows.limit, d.rows.slot],
    [d.counts, d.state, d.info, t.next, t.ids, t.positions],
    [1, 1, 1],
  );
}

/** captured (sequences, C) and emitted (sequences) for the rows that just read the stop token. */
export function captureRows(
  recorder: Recorder,
  d: DecodeRows,
  t: { channels: number; hidden: View; captured: View; emitted: View },
): void {
  const kernel = recorder.gpu.kernel('capture_rows', captureSource);
  const views = [d.counts, d.state, d.info, t.hidden, t.captured, t.emitted];
  recorder.dispatch(kernel, [...rowWords(d.rows), t.channels], views, grid(d.rows.limit * t.channels, 64));
}

/** cache (sequences, pitch, 2 · kv · D) takes k and v of the token just read. */
export function cacheAppend(
  recorder: Recorder,
  d: DecodeRows,
  s: Omit<AttentionShape, 'rows'>,
  t: { pitch: number; qkv: View; cache: View },
): void {
  const kernel = recorder.gpu.kernel('cache_append', appendSource);
  const width = 2 * s.kvHeads * s.headDim;
  const words = [...rowWords(d.rows), qkvStride(s), width, t.pitch];
  recorder.dispatch(kernel, words, [d.counts, d.state, d.info, t.qkv, t.cache], grid(d.rows.limit * width, 64));
}

/** out (R, heads · D): attention of one new token per row over its prompt's qkv rows and its own cache. */
export function attentionDecode(
  recorder: Recorder,
  d: DecodeRows,
  s: Omit<AttentionShape, 'rows'>,
  t: { pitch: number; prompts: View; qkv: View; promptQkv: View; cache: View; out: View },
): void {
  const kernel = recorder.gpu.kernel('attention_decode', attentionSource, { HEAD_DIM: s.headDim });
  recorder.dispatch(
    kernel,
    [...rowWords(d.rows), s.heads, s.kvHeads, qkvStride(s), t.pitch, f32(1 / Math.sqrt(s.headDim))],
    [d.counts, d.state, d.info, t.prompts, t.qkv, t.promptQkv, t.cache, t.out],
    grid(d.rows.limit * s.heads, 64),
  );
}
