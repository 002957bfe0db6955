import type { Owned } from '../gpu/gpu';
import { Recorder, type Program } from '../gpu/recorder';
import {
  attentionDecode,
  cacheAppend,
  captureRows,
  NO_TOKEN,
  nextRows,
  SAMPLING_WORDS,
  cutsOf,
  sampleToken,
  samplingWords,
  type DecodeRows,
} from '../kernels/decode/decode';
import { gatherRows } from '../kernels/gather/gather';
import { COUNT, COUNT_WORDS, countWords, liveRows } from '../kernels/rows';
import { InputError } from '../lib/errors';
import { STREAMS, type Stream } from '../lib/philox';
import { Activations } from './activations';
import { BatchBuffers, packSequences } from './batch';
import { attendPacked } from './attention';
import type { Model } from './model';
import { recordTransformer, tokenPass } from './transformer';

// Samples completions of prompts on the GPU, with a key-value cache: see `Generator`.

export interface GenerateOptions {
  maxTokens: number;
  /** Ends a completion; null: none does. */
  stopToken: number | null;
  /** 0 is greedy. */
  temperature: number;
  top_k: number;
  top_p: number;
  seed: number;
  stream: Stream;
  /** Part of the random numbers' key: the training step, say. */
  step: number;
}

export interface Completion {
  /** The tokens without the prompt; they end in the stop token where that was drawn. */
  ids: number[];
  /** Natural log-probability of each id under softmax(logits / temperature). */
  logprobs: number[];
  /** Entropy of the same distribution at each id, in nats. */
  entropies: number[];
}

export interface GeneratorCapacity {
  /** Distinct prompts' tokens in all. */
  promptTokens: number;
  /** Completions at once. */
  sequences: number;
  maxTokens: number;
}

/** Tokens between two looks at whether all sequences have ended. */
const BLOCK = 16;

/**
 * Samples completions with a key-value cache. The prompts run once, packed; completions of the same prompt share its keys and
 * values. A token is one recorded program, replayed; sampling, stopping and compaction happen on the GPU, so many tokens go
 * into one submit and sequences that ended cost nothing.
 */
export class Generator {
  /** Final hidden states (sequences, C) at each completion's stop token, after `generate`. */
  readonly captured: Owned;
  private readonly prompt: BatchBuffers;
  private readonly promptActivations: Activations;
  private readonly activations: Activations;
  private readonly caches: Owned[];
  private readonly views: Record<
    | 'counts'
    | 'state'
    | 'info'
    | 'next'
    | 'ids'
    | 'positions'
    | 'prompts'
    | 'lastRows'
    | 'logits'
    | 'outIds'
    | 'outLogprobs'
    | 'outEntropies'
    | 'lengths'
    | 'emitted',
    Owned
  >;
  /** The programs without top-k and top-p, which take long to compile, and with them. */
  private readonly programs = new Map<boolean, { prefill: Program; token: Program }>();

  constructor(
    private readonly model: Model,
    readonly capacity: GeneratorCapacity,
  ) {
    const { gpu, architecture: a } = model;
    const { promptTokens, sequences, maxTokens } = capacity;
    this.prompt = new BatchBuffers(gpu, promptTokens, false);
    this.promptActivations = new Activations(gpu, model, promptTokens, 'qkv');
    this.activations = new Activations(gpu, model, sequences, 'nothing');
    const cacheFloats = sequences * maxTokens * 2 * a.num_key_value_heads * a.head_dim;
    this.caches = Array.from({ length: a.num_hidden_layers }, (_, l) => gpu.buffer(`cache ${l}`, cacheFloats * 4));
    this.captured = gpu.buffer('captured', sequences * a.hidden_size * 4);
    const words = (label: string, count: number) => gpu.buffer(`generator ${label}`, count * 4);
    this.views = {
      counts: words('counts', COUNT_WORDS),
      state: words('state', SAMPLING_WORDS),
      info: words('rows', sequences * 4),
      next: words('next rows', sequences * 4),
      ids: words('ids', sequences),
      positions: words('positions', sequences),
      prompts: words('prompts', sequences * 2),
      lastRows: words('last rows', sequences),
      logits: words('logits', sequences * a.vocab_size),
      outIds: words('out ids', sequences * maxTokens),
      outLogprobs: words('out logprobs', sequences * maxTokens),
      outEntropies: words('out entropies', sequences * maxTokens),
      lengths: words('lengths', sequences),
      emitted: words('emitted', sequences),
    };
  }

  /**
   * @param prompts distinct prompts; @param perPrompt completions of each, next to each other in the result.
   * @throws InputError for an empty prompt, or one that leaves no room in the context.
   */
  async generate(
    prompts: readonly (readonly number[])[],
    perPrompt: number,
    o: GenerateOptions,
  ): Promise<Completion[]> {
    const sequences = await this.sample(prompts, perPrompt, o);
    return this.completions(sequences);
  }

  /** Generates as `generate` does, and reads the hidden states (completions, C) of the last tokens in the same wait. */
  async generateCaptured(
    prompts: readonly (readonly number[])[],
    perPrompt: number,
    o: GenerateOptions,
  ): Promise<{ completions: Completion[]; captured: Float32Array<ArrayBuffer> }> {
    const sequences = await this.sample(prompts, perPrompt, o);
    const { gpu, architecture } = this.model;
    const [completions, captured] = await Promise.all([
      this.completions(sequences),
      gpu.readFloats(this.captured, sequences * architecture.hidden_size),
    ]);
    return { completions, captured };
  }

  /** Queues all of it, or as much as it takes until every completion has stopped. @returns how many there are. */
  private async sample(
    prompts: readonly (readonly number[])[],
    perPrompt: number,
    o: GenerateOptions,
  ): Promise<number> {
    this.start(prompts, perPrompt, o);
    const { prefill, token } = await this.ready(o);
    prefill.run();
    const { gpu } = this.model;
    for (let t = 0; t < o.maxTokens; t += BLOCK) {
      token.run(Math.min(BLOCK, o.maxTokens - t));
      if (t + BLOCK >= o.maxTokens) break;
      const [, live] = await gpu.readIntegers(this.views.counts, 2);
      if (live === 0) break;
    }
    return prompts.length * perPrompt;
  }

  private async completions(sequences: number): Promise<Completion[]> {
    const { gpu } = this.model;
    const pitch = this.capacity.maxTokens;
    const [lengths, ids, logprobs, entropies] = await Promise.all([
      gpu.readIntegers(this.views.lengths, sequences),
      gpu.readIntegers(this.views.outIds, sequences * pitch),
      gpu.readFloats(this.views.outLogprobs, sequences * pitch),
      gpu.readFloats(this.views.outEntropies, sequences * pitch),
    ]);
    return Array.from(lengths, (length, i) => ({
      ids: Array.from(ids.subarray(i * pitch, i * pitch + length)),
      logprobs: Array.from(logprobs.subarray(i * pitch, i * pitch + length)),
      entropies: Array.from(entropies.subarray(i * pitch, i * pitch + length)),
    }));
  }

  /** Records what `generate` runs, the first time. */
  async ready(
    o: Pick<GenerateOptions, 'temperature' | 'top_k' | 'top_p'>,
  ): Promise<{ prefill: Program; token: Program }> {
    const cuts = cutsOf(o);
    const known = this.programs.get(cuts);
    if (known) return known;
    const programs = await this.record(cuts);
    this.programs.set(cuts, programs);
    return programs;
  }

  private start(prompts: readonly (readonly number[])[], perPrompt: number, o: GenerateOptions): void {
    const { gpu, architecture } = this.model;
    const sequences = prompts.length * perPrompt;
    if (sequences > this.capacity.sequences || o.maxTokens > this.capacity.maxTokens) {
      throw new InputError(
        `${sequences} completions of ${o.maxTokens} tokens, expected at most ${this.capacity.sequences} of ${this.capacity.maxTokens}`,
      );
    }
    for (const { length } of prompts) {
      const room = architecture.max_position_embeddings - o.maxTokens;
      if (length === 0 || length > room) {
        throw new InputError(
          `a prompt has ${length} tokens, expected 1 to ${room}, so that ${o.maxTokens} more fit the context`,
        );
      }
    }
    const packed = packSequences(prompts);
    this.prompt.write(packed, { QUERIES: sequences });
    const info = new Uint32Array(sequences * 4);
    const ranges = new Uint32Array(sequences * 2);
    const lastRows = new Uint32Array(sequences);
    for (let i = 0; i < sequences; i++) {
      const prompt = Math.floor(i / perPrompt);
      const { length } = prompts[prompt]!;
      const first = packed.starts[prompt]!;
      info.set([NO_TOKEN, length - 1, i, 0], i * 4);
      ranges.set([first, length], i * 2);
      lastRows[i] = first + length - 1;
    }
    const v = this.views;
    gpu.write(v.info, info);
    gpu.write(v.prompts, ranges);
    gpu.write(v.lastRows, lastRows);
    gpu.write(v.lengths, new Uint32Array(sequences));
    gpu.write(v.emitted, new Uint32Array(sequences));
    gpu.write(v.counts, countWords({ TOKENS: sequences }));
    const stopToken = o.stopToken ?? NO_TOKEN;
    gpu.write(v.state, samplingWords({ ...o, sequences, stopToken, stream: STREAMS.indexOf(o.stream) }));
  }

  private async record(cuts: boolean): Promise<{ prefill: Program; token: Program }> {
    const { model, views: v, activations, capacity } = this;
    const { gpu, architecture: a } = model;
    const rows = liveRows(capacity.sequences, COUNT.TOKENS);
    const decode: DecodeRows = { counts: v.counts, rows, state: v.state, info: v.info };
    const pitch = capacity.maxTokens;
    const draw = (recorder: Recorder) => {
      model.head.forward(tokenPass(recorder, v, capacity.sequences), { x: activations.hidden, y: v.logits });
      const { outIds, outLogprobs, outEntropies, lengths } = v;
      const out = { outIds, outLogprobs, outEntropies, lengths };
      sampleToken(recorder, decode, { vocabulary: a.vocab_size, pitch, cuts, logits: v.logits, ...out });
      nextRows(recorder, decode, { next: v.next, ids: v.ids, positions: v.positions });
      recorder.copy(v.next, v.info);
    };

    const prefill = new Recorder(gpu, 'prefill');
    const prompts = tokenPass(prefill, this.prompt, capacity.promptTokens);
    recordTransformer(prompts, model, this.prompt, this.promptActivations, attendPacked(prompts, model, this.prompt));
    gatherRows(prefill, this.prompt, {
      rows: liveRows(capacity.sequences, COUNT.QUERIES),
      channels: a.hidden_size,
      at: v.lastRows,
      x: this.promptActivations.hidden,
      out: activations.hidden,
    });
    draw(prefill);

    const token = new Recorder(gpu, 'token');
    const shape = model.attentionShape(rows);
    recordTransformer(
      tokenPass(token, v, capacity.sequences),
      model,
      { ids: v.ids, positions: v.positions, counts: v.counts },
      activations,
      (l, { qkv, attention }) => {
        const cache = this.caches[l]!;
        const promptQkv = this.promptActivations.layers[l]!.qkv;
        cacheAppend(token, decode, shape, { pitch, qkv, cache });
        attentionDecode(token, decode, shape, { pitch, prompts: v.prompts, qkv, promptQkv, cache, out: attention });
      },
    );
    captureRows(token, decode, {
      channels: a.hidden_size,
      hidden: activations.hidden,
      captured: this.captured,
      emitted: v.emitted,
    });
    draw(token);
    return { prefill: await prefill.finish(), token: await token.finish() };
  }

  destroy(): void {
    this.prompt.destroy();
    this.promptActivations.destroy();
    this.activations.destroy();
    for (const { prefill, token } of this.programs.values()) {
      prefill.destroy();
      token.destroy();
    }
    this.model.gpu.free(this.captured, ...this.caches, ...Object.values(this.views));
  }
}
