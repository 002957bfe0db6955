import attentionShader from '../../../shaders/sample/attention_decode.wgsl';
import appendShader from '../../../shaders/sample/cache_append.wgsl';
import captureShader from '../../../shaders/sample/capture_rows.wgsl';
import nextShader from '../../../shaders/sample/next_rows.wgsl';
import sampleShader from '../../../shaders/sample/sample_token.wgsl';
import sampleRowsShader from '../../../shaders/sample/sample_token_rows.wgsl';
import type { Filled, Work } from '../../gpu/call';
import type { View } from '../../gpu/gpu';
import { grid, type Recorder } from '../../gpu/recorder';
import { packed } from '../../gpu/shader';
import { headUniforms, qkvStride, type AttentionShape } from '../attention/attention';
import { type KernelContext, type Rows } from '../rows';

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
export const SAMPLING_WORDS = nextShader.structs.SamplingState.size / 4;
/** Words of one row: id, position, sequence, done. */
const ROW_WORDS = nextShader.structs.Row.size / 4;
export const NO_TOKEN = 0xffffffff;

/** The `state` buffer at the start of a generation; its first word counts the tokens made. */
export const samplingWords = (s: SamplingState): Uint32Array<ArrayBuffer> =>
  packed('sampling', nextShader.structs.SamplingState, {
    t: 0,
    sequences: s.sequences,
    max_tokens: s.maxTokens,
    stop_token: s.stopToken,
    seed: s.seed,
    stream: s.stream,
    step: s.step,
    top_k: s.top_k,
    inverse_temperature: s.temperature === 0 ? 0 : 1 / s.temperature,
    top_p: s.top_p,
  });

/** The buffers of a generation: state (words above), rows (R, 4) = (id, position, sequence, done). */
export interface DecodeRows extends KernelContext {
  rows: Rows;
  state: View;
  info: View;
}

/** Whether top-k or top-p cut anything. */
export const cutsOf = ({
  temperature,
  top_k,
  top_p,
}: Pick<SamplingState, 'temperature' | 'top_k' | 'top_p'>): boolean => temperature > 0 && (top_k > 0 || top_p < 1);

/** Which shader draws: a workgroup a row, or an invocation, which cuts nothing. They draw the same and sum to the same bits. */
export type SampleVariant = 'workgroup' | 'rows';

/** Draws a token per live row from logits (R, V) into outIds, outLogprobs, outEntropies (sequences, pitch); lengths (sequences). */
export function sampleToken(
  recorder: Recorder,
  d: DecodeRows,
  t: {
    vocabulary: number;
    pitch: number;
    /** Whether the state may ask for top-k or top-p: see `cutsOf`. */
    cuts: boolean;
    logits: View;
    outIds: View;
    outLogprobs: View;
    outEntropies: View;
    lengths: View;
  },
  variant: SampleVariant = recorder.gpu.adapter.software && !t.cuts ? 'rows' : 'workgroup',
): void {
  const { vocabulary, pitch, logits, lengths } = t;
  const call = {
    uniforms: { rows: d.rows, vocabulary, pitch },
    bindings: {
      counts: d.counts,
      state: d.state,
      logits,
      rows: d.info,
      out_ids: t.outIds,
      out_logprobs: t.outLogprobs,
      lengths,
      out_entropies: t.outEntropies,
    },
    // Without the turns of top-k and top-p, which depend on the values.
    work: ({ live }: Filled) => ({
      flops: 14 * live(d.rows) * vocabulary,
      bytes: 4 * live(d.rows) * (vocabulary + 2 * ROW_WORDS + 4),
    }),
  };
  if (variant === 'rows') recorder.call(sampleRowsShader, { ...call, groups: grid(d.rows.limit, 4) });
  else recorder.call(sampleShader, { ...call, groups: grid(d.rows.limit, 1), constants: { CUTS: t.cuts ? 1 : 0 } });
}

/** Drops finished rows and moves to the next position: `next` (R, 4), ids and positions (R). */
export function nextRows(recorder: Recorder, d: DecodeRows, t: { next: View; ids: View; positions: View }): void {
  recorder.call(nextShader, {
    uniforms: { limit: d.rows.limit, slot: d.rows.slot },
    bindings: { counts: d.counts, state: d.state, rows: d.info, next: t.next, ids: t.ids, positions: t.positions },
    groups: [1, 1, 1],
    work: ({ live }) => ({ flops: 0, bytes: 4 * live(d.rows) * (2 * ROW_WORDS + 2) }),
  });
}

/** captured (sequences, C) and emitted (sequences) for the rows that just read the stop token. */
export function captureRows(
  recorder: Recorder,
  d: DecodeRows,
  t: { channels: number; hidden: View; captured: View; emitted: View },
): void {
  const { channels, hidden, captured, emitted } = t;
  recorder.call(captureShader, {
    uniforms: { rows: d.rows, channels },
    bindings: { counts: d.counts, state: d.state, rows: d.info, hidden, captured, emitted },
    groups: grid(d.rows.limit * channels, 64),
    // As many rows as end are copied: one token in each sequence.
    work: ({ live }) => ({ flops: 0, bytes: 4 * live(d.rows) * ROW_WORDS }),
  });
}

/** cache (sequences, pitch, 2 · kv · D) takes k and v of the token just read. */
export function cacheAppend(
  recorder: Recorder,
  d: DecodeRows,
  s: Omit<AttentionShape, 'rows'>,
  t: { pitch: number; qkv: View; cache: View },
): void {
  const { pitch, qkv, cache } = t;
  const width = 2 * s.kvHeads * s.headDim;
  recorder.call(appendShader, {
    uniforms: { rows: d.rows, stride: qkvStride(s), width, pitch },
    bindings: { counts: d.counts, state: d.state, rows: d.info, qkv, cache },
    groups: grid(d.rows.limit * width, 64),
    work: ({ live }) => ({ flops: 0, bytes: 4 * live(d.rows) * (2 * width + ROW_WORDS) }),
  });
}

/**
 * Counts the work of decoding: a prompt is read from memory once, however many sequences share it; each sequence has a
 * cache of its own.
 */
function decodeWork(
  { heads, kvHeads, headDim }: Omit<AttentionShape, 'rows'>,
  rows: number,
  integers: Filled['integers'],
): Work {
  const [info, prompts, [own = 0]] = [integers('rows'), integers('prompts'), integers('state')];
  const lengths = new Map<number, number>();
  let pairs = 0;
  for (let row = 0; row < rows; row++) {
    const sequence = info[row * ROW_WORDS + 2]!;
    const length = prompts[2 * sequence + 1]!;
    pairs += length + own;
    lengths.set(prompts[2 * sequence]!, length);
  }
  const keys = rows * own + [...lengths.values()].reduce((sum, length) => sum + length, 0);
  return {
    flops: heads * (pairs * (5 * headDim + 8) + rows * 2 * headDim),
    bytes: 4 * (rows * (2 * heads * headDim + ROW_WORDS + 2) + keys * 2 * kvHeads * headDim),
  };
}

/** out (R, heads · D): attention of one new token per row over its prompt's qkv rows and its own cache. */
export function attentionDecode(
  recorder: Recorder,
  d: DecodeRows,
  s: Omit<AttentionShape, 'rows'>,
  t: { pitch: number; prompts: View; qkv: View; promptQkv: View; cache: View; out: View },
): void {
  const { pitch, prompts, qkv, promptQkv, cache, out } = t;
  recorder.call(attentionShader, {
    constants: { HEAD_DIM: s.headDim },
    uniforms: { ...headUniforms({ ...s, rows: d.rows }), pitch },
    bindings: { counts: d.counts, state: d.state, rows: d.info, prompts, qkv, prompt_qkv: promptQkv, cache, out },
    groups: grid(d.rows.limit * s.heads, 64),
    work: ({ live, integers }) => decodeWork(s, live(d.rows), integers),
  });
}
