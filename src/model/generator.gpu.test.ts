import { describe, expect, test } from 'vitest';
import type { Architecture } from '../config/architecture';
import { readCheckpoint } from '../formats/huggingface';
import { hasShared, sharedBytes, sharedJson } from '../formats/shared.test-data';
import { testKernel } from '../kernels/reference/harness';
import { sample } from '../kernels/decode/sampling.reference';
import { InputError } from '../lib/errors';
import { philox4x32, STREAMS } from '../lib/philox';
import { assertClose, MODEL_TOLERANCE } from '../lib/tolerance';
import { Generator, type Completion, type GenerateOptions, type GeneratorCapacity } from './generator';
import { Encoder, LogitsPass } from './inference';
import { Model } from './model';
import { randomSequences, small, withModel } from './small.test-data';

const greedy: GenerateOptions = {
  maxTokens: 20,
  stopToken: null,
  temperature: 0,
  top_k: 0,
  top_p: 1,
  seed: 7,
  stream: 'grpo',
  step: 0,
};
const capacity: GeneratorCapacity = { promptTokens: 64, sequences: 12, maxTokens: 20 };

async function withGenerator<Result>(
  model: Model,
  body: (generator: Generator) => Promise<Result>,
  room = capacity,
): Promise<Result> {
  const generator = new Generator(model, room);
  try {
    return await body(generator);
  } finally {
    generator.destroy();
  }
}

/** The logits that follow each prefix: of prompt i and its completion's first t tokens, run without a cache. */
async function replayed(
  model: Model,
  prompts: readonly (readonly number[])[],
  completions: readonly Completion[],
  visit: (logits: Float32Array, completion: number, t: number) => void,
): Promise<void> {
  const vocabulary = model.architecture.vocab_size;
  const perPrompt = completions.length / prompts.length;
  const longest = Math.max(...completions.map(({ ids }) => ids.length));
  const tokens = perPrompt * prompts.flat().length + completions.length * longest;
  const pass = new LogitsPass(model, tokens);
  try {
    for (let t = 0; t < longest; t++) {
      const sequences = completions.map(({ ids }, i) => [...prompts[Math.floor(i / perPrompt)]!, ...ids.slice(0, t)]);
      const { logits } = await pass.run(sequences);
      let row = -1;
      sequences.forEach((sequence, i) => {
        row += sequence.length;
        if (t < completions[i]!.ids.length) visit(logits.subarray(row * vocabulary, (row + 1) * vocabulary), i, t);
      });
    }
  } finally {
    pass.destroy();
  }
}

const architectures: [string, Architecture][] = [
  ['llama, tied', small],
  ['qwen2, biased', { ...small, model_type: 'qwen2', attention_bias: true, num_key_value_heads: 4 }],
  [
    'qwen3, q and k normed, untied',
    { ...small, model_type: 'qwen3', head_dim: 10, num_key_value_heads: 1, tie_word_embeddings: false },
  ],
];

describe('generation', () => {
  for (const [name, architecture] of architectures) {
    testKernel(`greedy with the cache takes the token that a pass without it finds likeliest: ${name}`, (bench) =>
      withModel(bench, architecture, async (model) => {
        const prompts = randomSequences(4, architecture.vocab_size);
        const completions = await withGenerator(model, (generator) => generator.generate(prompts, 1, greedy));
        expect(completions.map(({ ids }) => ids.length)).toEqual([20, 20, 20, 20]);
        await replayed(model, prompts, completions, (logits, i, t) => {
          const { ids, logprobs } = completions[i]!;
          const { token, logprob } = sample(logits, greedy, 0);
          const taken = logits[ids[t]!]!;
          // Equal but where two are as likely to within rounding.
          expect(logits[token]! - taken, `completion ${i}, token ${t}`).toBeLessThan(1e-5);
          expect(Math.abs(logprobs[t]! - logprob)).toBeLessThan(1e-4);
        });
      }),
    );
  }

  testKernel('samples several completions of several prompts by the draws of (sequence, token, step)', (bench) =>
    withModel(bench, small, async (model) => {
      const prompts = randomSequences(3, small.vocab_size, 2);
      const o: GenerateOptions = { ...greedy, temperature: 1.4, top_k: 30, top_p: 0.95, step: 4 };
      const completions = await withGenerator(model, (generator) => generator.generate(prompts, 4, o));
      expect(new Set(completions.map(({ ids }) => ids.join())).size).toBe(12);
      let rims = 0;
      await replayed(model, prompts, completions, (logits, i, t) => {
        const [word] = philox4x32([i, t, o.step, 0], [o.seed, STREAMS.indexOf('grpo')]);
        const u = (word >>> 8) * 2 ** -24;
        const { token, logprob, interval } = sample(logits, o, u);
        if (u - interval[0] < 1e-4 || interval[1] - u < 1e-4) {
          rims++;
          return;
        }
        expect(completions[i]!.ids[t], `completion ${i}, token ${t}`).toBe(token);
        expect(Math.abs(completions[i]!.logprobs[t]! - logprob)).toBeLessThan(1e-4);
      });
      expect(rims).toBeLessThan(10);
    }),
  );

  testKernel('the same key gives the same tokens, another step or seed others', (bench) =>
    withModel(bench, small, (model) =>
      withGenerator(model, async (generator) => {
        const prompts = randomSequences(2, small.vocab_size);
        const o = { ...greedy, temperature: 1, step: 3 };
        const first = await generator.generate(prompts, 3, o);
        for (const other of [
          { ...o, step: 4 },
          { ...o, seed: 8 },
          { ...o, stream: 'evaluation' as const },
        ]) {
          const ids = (await generator.generate(prompts, 3, other)).map((c) => c.ids);
          expect(ids).not.toEqual(first.map((c) => c.ids));
        }
        expect(await generator.generate(prompts, 3, o)).toEqual(first);
        // What ran before leaves no trace, whatever its size.
        await generator.generate(randomSequences(6, small.vocab_size), 2, { ...o, maxTokens: 3 });
        expect(await generator.generate(prompts, 3, o)).toEqual(first);
      }),
    ),
  );

  testKernel('a stop token ends each sequence at its time, and its hidden state is the embedding', async (bench) => {
    const architecture = { ...small, vocab_size: 9 };
    const stop = 3;
    await withModel(bench, architecture, (model) =>
      withGenerator(model, async (generator) => {
        const C = architecture.hidden_size;
        const prompts = randomSequences(3, stop, 5);
        const o = { ...greedy, temperature: 1.5, stopToken: stop };
        const free = await generator.generate(prompts, 4, { ...o, stopToken: null });
        /** Completions as they should be, and the captured states against the encoder's embeddings. */
        const check = async (maxTokens: number): Promise<number[]> => {
          const completions = await generator.generate(prompts, 4, { ...o, maxTokens });
          const hidden = await bench.gpu.readFloats(generator.captured, completions.length * C);
          const ended: { row: number; sequence: number[] }[] = [];
          completions.forEach(({ ids, logprobs }, i) => {
            const whole = free[i]!.ids.slice(0, maxTokens);
            const at = whole.indexOf(stop);
            expect(ids).toEqual(at < 0 ? whole : whole.slice(0, at + 1));
            expect(logprobs).toHaveLength(ids.length);
            if (at >= 0) ended.push({ row: i, sequence: [...prompts[Math.floor(i / 4)]!, ...ids] });
          });
          const encoder = new Encoder(model, 400, 12);
          const expected = await encoder.encode(ended.map(({ sequence }) => sequence));
          encoder.destroy();
          const actual = ended.flatMap(({ row }) => unit(hidden.subarray(row * C, (row + 1) * C)));
          assertClose('embeddings', actual, expected, MODEL_TOLERANCE.activation);
          return completions.map(({ ids }) => ids.length);
        };
        const lengths = await check(20);
        expect(new Set(lengths).size).toBeGreaterThan(4);
        // One of them now stops at its very last token, and is captured all the same.
        const last = lengths.find((length) => length > 1 && length < 20)!;
        expect(await check(last)).toEqual(lengths.map((length) => Math.min(length, last)));
      }),
    );
  });

  testKernel('all sequences ended: no more blocks run', (bench) =>
    withModel(bench, { ...small, vocab_size: 1 }, (model) =>
      withGenerator(
        model,
        async (generator) => {
          const o = { ...greedy, maxTokens: 40, stopToken: 0 };
          const submits = async (options: GenerateOptions) => {
            const before = bench.gpu.counters.submits;
            const completions = await generator.generate([[0], [0, 0]], 2, options);
            return { submits: bench.gpu.counters.submits - before, lengths: completions.map(({ ids }) => ids.length) };
          };
          expect(await submits(o)).toEqual({ submits: 2, lengths: [1, 1, 1, 1] });
          expect(await submits({ ...o, stopToken: null })).toEqual({ submits: 4, lengths: [40, 40, 40, 40] });
        },
        { ...capacity, maxTokens: 40 },
      ),
    ),
  );

  testKernel('refuses what does not fit, in one sentence', (bench) =>
    withModel(bench, small, (model) =>
      withGenerator(model, async (generator) => {
        const refused = async (prompts: number[][], perPrompt: number, o = greedy) => {
          const error: unknown = await generator.generate(prompts, perPrompt, o).catch((reason: unknown) => reason);
          expect(error).toBeInstanceOf(InputError);
          return error instanceof Error ? error.message : '';
        };
        const long = (length: number) => new Array<number>(length).fill(1);
        expect(await refused([[1], []], 1)).toBe(
          'a prompt has 0 tokens, expected 1 to 28, so that 20 more fit the context',
        );
        expect(await refused([long(29)], 1)).toMatch(/^a prompt has 29 tokens, expected 1 to 28/);
        expect(await refused([[1]], 13)).toBe('13 completions of 20 tokens, expected at most 12 of 20');
        expect(await refused([[1]], 1, { ...greedy, maxTokens: 21 })).toMatch(/^1 completions of 21 tokens/);
        expect(await refused([long(28), long(28), long(28)], 1)).toBe('a batch has 84 tokens, expected at most 64');
        expect(await generator.generate([], 4, greedy)).toEqual([]);
        expect((await generator.generate([long(28)], 1, greedy))[0]!.ids).toHaveLength(20);
      }),
    ),
  );
});

function unit(row: Float32Array): number[] {
  const norm = Math.hypot(...row);
  return Array.from(row, (x) => x / norm);
}

const STORIES = 'models/stories260K';
interface Story {
  prompt_ids: number[];
  greedy_ids: number[];
}
const isStories = (json: unknown): json is { cases: Story[] } =>
  typeof json === 'object' && json !== null && 'cases' in json && Array.isArray(json.cases);

describe('stories260K', () => {
  if (!hasShared(STORIES)) {
    test.skip('continues its prompts as the reference does: no checkpoint found', () => undefined);
    return;
  }
  testKernel('continues its prompts as the reference does', async (bench) => {
    const read = (file: string) =>
      Promise.resolve(hasShared(`${STORIES}/${file}`) ? sharedBytes(`${STORIES}/${file}`) : null);
    const { arch, tensors } = await readCheckpoint(read, STORIES);
    const reference = sharedJson(`${STORIES}/reference.json`);
    if (!isStories(reference)) throw new Error('reference.json has no cases');
    const model = new Model(bench.gpu, arch);
    model.weights.load(tensors);
    try {
      const maxTokens = Math.max(...reference.cases.map(({ greedy_ids }) => greedy_ids.length));
      const prompts = reference.cases.map(({ prompt_ids }) => prompt_ids);
      const completions = await withGenerator(model, (g) => g.generate(prompts, 1, { ...greedy, maxTokens }), {
        promptTokens: prompts.flat().length,
        sequences: prompts.length,
        maxTokens,
      });
      expect(completions).toHaveLength(3);
      reference.cases.forEach(({ greedy_ids }, i) => {
        expect(completions[i]!.ids.slice(0, greedy_ids.length)).toEqual(greedy_ids);
      });
    } finally {
      model.destroy();
    }
  });
});
