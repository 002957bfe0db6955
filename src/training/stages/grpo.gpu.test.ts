import { describe, expect } from 'vitest';
import type { PartialSession } from '../../config/session';
import { sessionArchitecture } from '../../config/session-checks';
import { testKernel, type Bench } from '../../kernels/reference/harness';
import { logprobForward } from '../../kernels/grpo/logprob.reference';
import { InputError } from '../../lib/errors';
import { Random } from '../../lib/philox';
import { assertClose, MODEL_TOLERANCE } from '../../lib/tolerance';
import { Encoder, LogitsPass } from '../../model/inference';
import { LogprobPass } from '../../model/logprobs';
import type { Model } from '../../model/model';
import { randomSequences, small, withModel } from '../../model/small.test-data';
import { Grpo } from '../../objectives/grpo';
import { term } from '../../objectives/objective';
import type { GraphRecord, TraceRecord } from '../../records/records';
import { dcgReward } from '../../retrieval/refresh/reward';
import { ExactIndex } from '../../retrieval/search-index';
import { FrozenModel } from '../frozen-model';
import { GrpoStage } from './grpo';
import { drawQueries } from './grpo-rollout';
import type { StageContext } from './stage';
import { readRunState, writeRunState } from '../run-state-file';
import { SessionRun, type RunState } from '../session-run';
import { tinySession, tinyWorld } from '../tiny.test-data';
import { TrainStep } from '../train-step';

const UPDATE = { beta1: 0.9, beta2: 0.98, eps: 1e-8, weightDecay: 0, maxNorm: 1 };

/** Rows that predict each token past `prompt`, with those tokens, sequence by sequence. */
function sampledRows(sequences: readonly (readonly number[])[], prompt: number) {
  let start = 0;
  const all = sequences.map((sequence) => {
    const rows = sequence.slice(prompt).map((label, i) => ({ row: start + prompt - 1 + i, label }));
    start += sequence.length;
    return rows;
  });
  const flat = all.flat();
  return {
    rows: Uint32Array.from(flat, ({ row }) => row),
    labels: Uint32Array.from(flat, ({ label }) => label),
    owner: all.flatMap((rows, i) => rows.map(() => i)),
  };
}

describe('a GRPO update', () => {
  const sequences = [
    [1, 2, 3, 10, 11, 12, 13],
    [1, 2, 3, 20, 21],
    [1, 2, 3, 30, 31, 32],
  ];
  const { rows, labels, owner } = sampledRows(sequences, 3);
  const count = rows.length;
  const tokens = sequences.flat().length;

  for (const temperature of [1, 0.6]) {
    testKernel(`makes what was better likelier and what was worse unlikelier, at temperature ${temperature}`, (bench) =>
      withModel(bench, small, async (model) => {
        const pass = new LogprobPass(model, { tokens, targets: count }, temperature);
        const grpo = new Grpo(model, count, { temperature, clip_low: 0.2, clip_high: 0.28, beta: 0 });
        const step = new TrainStep(bench.gpu, model, tokens, [grpo], UPDATE);
        try {
          await step.record();
          const old = await pass.run(sequences, rows, labels);
          const sums = (values: ArrayLike<number>) =>
            sequences.map((_, i) => owner.reduce((sum, o, k) => (o === i ? sum + values[k]! : sum), 0));
          const sampled = {
            rows,
            labels,
            weights: new Float32Array(count).fill(1 / count),
            advantages: Float32Array.from(owner, (i) => [1, -1, 0][i]!),
            oldLogprobs: old,
            referenceLogprobs: old,
          };
          const [row] = await step.read([step.run({ sequences, terms: [term(grpo, sampled)] }, 1e-3, 1)]);
          const { metrics } = row!;
          // Nothing has moved yet: every ratio is 1, so the objective is the mean advantage.
          expect([metrics['clip_ratio/low_mean'], metrics['clip_ratio/high_mean']]).toEqual([0, 0]);
          assertClose('objective', [metrics['loss/policy']!], [-(4 - 2) / count], MODEL_TOLERANCE.loss);
          const [before, after] = [sums(old), sums(await pass.run(sequences, rows, labels))];
          expect(after[0]! - before[0]!).toBeGreaterThan(0.01);
          expect(after[1]! - before[1]!).toBeLessThan(-0.01);
        } finally {
          step.destroy();
          pass.destroy();
        }
      }),
    );
  }
});

testKernel('log-probabilities of given tokens are those of the logits at their temperature', (bench) =>
  withModel(bench, small, async (model) => {
    const sequences = randomSequences(5, small.vocab_size).slice(1);
    const { rows, labels } = sampledRows(sequences, 2);
    const logits = new LogitsPass(model, 60);
    const pass = new LogprobPass(model, { tokens: 60, targets: 50 }, 0.7);
    const all = (await logits.run(sequences)).logits;
    const V = small.vocab_size;
    const scaled = Array.from(rows).flatMap((row) => Array.from(all.subarray(row * V, (row + 1) * V), (x) => x / 0.7));
    const expected = logprobForward(scaled, labels, V).logprobs;
    assertClose('logprobs', await pass.run(sequences, rows, labels), expected, MODEL_TOLERANCE.activation);
    logits.destroy();
    pass.destroy();
  }),
);

const shape: PartialSession = {
  model: {
    hidden_size: 16,
    intermediate_size: 32,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    num_key_value_heads: 1,
  },
  pretrain: { steps: 0 },
  sft: { steps: 0 },
};
const session = tinySession({
  ...shape,
  grpo: {
    steps: 2,
    batch_size: 6,
    num_generations: 4,
    max_completion_length: 12,
    temperature: 0.8,
    gate: false,
    replay_weight: 0,
    warmup_steps: 0,
  },
});

/** A stage 2 over a model with random weights, which is its own reference. */
async function withStage(
  bench: Bench,
  overrides: Partial<typeof session.grpo>,
  body: (stage: GrpoStage, traces: TraceRecord[], context: StageContext) => Promise<void>,
): Promise<void> {
  const own = { ...session, grpo: { ...session.grpo, ...overrides } };
  const world = tinyWorld(own);
  const architecture = sessionArchitecture(own, world.task.vocabulary.length);
  const run = async (model: Model) => {
    const traces: TraceRecord[] = [];
    const graph: GraphRecord[] = [];
    const frozen = new FrozenModel(model);
    const context: StageContext = {
      ...world,
      gpu: bench.gpu,
      model,
      frozen,
      teacher: null,
      observer: {
        traces: (lines) => traces.push(...lines),
        graph: (record) => graph.push(record),
        graphStart: () => undefined,
      },
      search: () => {
        throw new Error('only the gate searches');
      },
    };
    const stage = new GrpoStage(context);
    try {
      await stage.prepare();
      await body(stage, traces, context);
      expect(graph.map(({ step }) => step)).toEqual([...new Set(traces.map(({ step }) => step))]);
    } finally {
      stage.destroy();
      frozen.destroy();
    }
  };
  await withModel(bench, architecture, run);
}

describe('stage 2', () => {
  testKernel('trains on what it sampled: at first every ratio is 1 and nothing has left the reference', (bench) =>
    withStage(bench, {}, async (stage, traces, { tokens }) => {
      await stage.run(1);
      const [line] = await stage.flush();
      expect(traces).toHaveLength(24);
      // Generation with a cache and training without one agree on the log-probabilities.
      expect(line!.kl).toBeLessThan(1e-6);
      expect([line!['clip_ratio/low_mean'], line!['clip_ratio/high_mean']]).toEqual([0, 0]);
      const length = traces.reduce((sum, { ids }) => sum + ids.length, 0);
      const objective = -traces.reduce((sum, { ids, advantage }) => sum + advantage * ids.length, 0) / length;
      assertClose('objective', [Number(line!['loss/policy'])], [objective], { atol: 1e-5, rtol: 1e-4 });
      expect(line!['completions/mean_length']).toBeCloseTo(length / 24, 10);
      const emitted = traces.filter(({ ids }) => ids.at(-1) === tokens.embed);
      expect(line!.emission_rate).toBeCloseTo(emitted.length / 24, 10);
      expect(emitted.length).toBeGreaterThan(0);
      for (const { ids, reward, rank, query } of traces) {
        expect(query).not.toBe('');
        if (ids.at(-1) !== tokens.embed) expect([reward, rank]).toEqual([0, 0]);
      }
      for (let group = 0; group < 24; group += 4) {
        const part = traces.slice(group, group + 4);
        const mean = part.reduce((sum, { reward }) => sum + reward / 4, 0);
        for (const { advantage, reward } of part) expect(advantage).toBeCloseTo(reward - mean, 6);
      }
    }),
  );

  testKernel('by gain, it learns the completions that led better than the query at once, and those alone', (bench) =>
    withStage(bench, { advantage: 'gain' }, async (stage, traces, { tokens, model, ...context }) => {
      const { grpo, seed } = context.session;
      const C = model.architecture.hidden_size;
      const encoder = new Encoder(model, 4096, 1024);
      const index = new ExactIndex(await encoder.encode(tokens.documents), C);
      // As the step will draw them.
      const queries = drawQueries(context, new Random(seed, 'grpo', 1));
      const direct = await encoder.encode(queries.map(({ text }) => [...tokens.prompt(text, 'direct'), tokens.embed]));
      const atOnce = queries.map(({ relevant }, i) =>
        dcgReward(index.search(direct.subarray(i * C, (i + 1) * C), grpo.reward_k).ids, relevant, grpo.reward_k),
      );
      encoder.destroy();
      await stage.run(1);
      const [line] = await stage.flush();
      const kept = traces.filter(({ advantage }) => advantage === 1);
      expect(kept.length).toBeGreaterThan(0);
      expect(kept.length).toBeLessThan(traces.length);
      expect(line!['gain_rate']).toBeCloseTo(kept.length / traces.length, 10);
      for (const [i, { reward, advantage }] of traces.entries()) {
        expect(advantage).toBe(reward > atOnce[Math.floor(i / grpo.num_generations)]! ? 1 : 0);
      }
    }),
  );

  testKernel('a second update from the same rollout has left the reference', (bench) =>
    withStage(bench, { num_iterations: 2 }, async (stage) => {
      await stage.run(1);
      expect((await stage.flush())[0]!.kl).toBeGreaterThan(1e-5);
    }),
  );

  testKernel('draws depths in their proportions', (bench) =>
    withStage(bench, {}, async (_, __, context) => {
      const wide = { ...context, session: { ...context.session, grpo: { ...context.session.grpo, batch_size: 1200 } } };
      const depths = drawQueries(wide, new Random(1, 'grpo')).map(({ depth }) => depth);
      [200, 400, 600].forEach((expected, i) => {
        expect(Math.abs(depths.filter((depth) => depth === i + 1).length - expected)).toBeLessThan(60);
      });
      await Promise.resolve();
    }),
  );
});

/** Why a run stopped, how far it had come, and its checkpoints. @param from the one that it continues from. */
async function refusal(bench: Bench, grpo: Partial<typeof session.grpo>, from?: RunState) {
  const states: RunState[] = [];
  const own = { ...session, checkpoint: { every: 7 }, grpo: { ...session.grpo, ...grpo } };
  const run = new SessionRun(bench.gpu, own, {
    metrics: () => undefined,
    evaluation: () => undefined,
    traces: () => undefined,
    graph: () => undefined,
    checkpoint: (state) => Promise.resolve(void states.push(state)),
  });
  try {
    if (from) await run.restore(from);
    while (await run.advance());
    return { message: 'finished', step: run.step, states };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { message: error.message, step: run.step, states };
  } finally {
    run.destroy();
  }
}

describe('a model that stage 2 cannot train', () => {
  testKernel('is refused by the gate, with what is too weak and what to do', async (bench) => {
    const { message, step } = await refusal(bench, { gate: true });
    expect(message).toMatch(
      /^stage 2 was not started, because the model is too weak to learn from its own traces: \d+% of its traces on training queries are right, expected at least 50%; even right traces only reach nDCG@10 0\.\d\d, expected at least 0\.8\. Give stage 1 more steps, or set grpo\.gate to false to try all the same$/,
    );
    expect(step).toBe(0);
  });

  testKernel('is stopped after twenty updates without an embed token', async (bench) => {
    // Near greedy and one token long: untrained, it repeats its prompt's last word.
    const silent = {
      steps: 40,
      batch_size: 1,
      num_generations: 2,
      max_completion_length: 1,
      top_k: 1,
      temperature: 0.01,
    };
    const { message, step, states } = await refusal(bench, silent);
    expect(message).toBe(
      'stage 2, its step 20: no completion has ended in the embed token for 20 updates, expected some, because only those are searched and rewarded; the last checkpoint is kept',
    );
    expect(step).toBe(20);
    // Interrupted in between, it stops where it would have stopped.
    expect(states.map((state) => [state.step, state.stage?.numbers['silent']])).toEqual([
      [7, 7],
      [14, 14],
    ]);
    const resumed = readRunState(writeRunState(states[1]!, 'hash'), 'hash', 'state');
    expect(await refusal(bench, silent, resumed)).toMatchObject({ message, step });
  });
});
