import { describe, expect } from 'vitest';
import { parseSession } from '../config/parse-session';
import { secondsSession } from '../config/seconds.test-data';
import { readCheckpoint } from '../formats/huggingface';
import type { Gpu } from '../gpu/gpu';
import { testWithGpu } from '../gpu/testing';
import { LogitsPass } from '../model/inference';
import { Model } from '../model/model';
import type { DevTrace, GraphRecord, GraphStart, StepMetrics, TraceRecord } from '../records/records';
import { checkpointFiles } from './checkpoint-files';
import { readRunState, writeRunState } from './run-state-file';
import { SessionRun, type RunState } from './session-run';
import { unpackGrpoState } from './stages/grpo-state';

/** A world small enough for seconds: all three stages, KL term, hard negatives, replay, local refresh. */
const tiny = parseSession(
  secondsSession({
    pretrain: { steps: 5 },
    sft: { steps: 6, weight_kl: 0.1 },
    grpo: { steps: 5, contrastive_weight: 0.1 },
    environment: { budget: 0.2, audit_every: 2, rank_every: 2 },
    evaluation: { every: 4, final_queries_per_depth: 4 },
    checkpoint: { every: 3 },
  }),
  'tiny',
);

interface Recorded {
  metrics: StepMetrics[];
  traces: TraceRecord[];
  dev: DevTrace[];
  graph: GraphRecord[];
  states: RunState[];
  start: GraphStart | null;
  positions: Map<number, Float32Array>;
}

function begin(gpu: Gpu, session = tiny): { run: SessionRun; recorded: Recorded } {
  const recorded: Recorded = {
    metrics: [],
    traces: [],
    dev: [],
    graph: [],
    states: [],
    start: null,
    positions: new Map(),
  };
  const run = new SessionRun(gpu, session, {
    metrics: (steps) => recorded.metrics.push(...steps),
    evaluation: () => undefined,
    traces: (traces) => recorded.traces.push(...traces),
    dev: (traces) => recorded.dev.push(...traces),
    graph: (record, positions) => {
      recorded.graph.push(record);
      recorded.positions.set(record.step, positions);
    },
    graphStart: (start, positions) => {
      recorded.start = start;
      recorded.positions.set(start.step, positions);
    },
    checkpoint: (state) => Promise.resolve(void recorded.states.push(state)),
  });
  return { run, recorded };
}

/** The metrics without those that depend on the clock. */
const timeless = (metrics: readonly StepMetrics[]) =>
  metrics.map((line) => Object.fromEntries(Object.entries(line).filter(([key]) => !key.startsWith('time/'))));

describe('a session', () => {
  testWithGpu('gives the same bits twice, and when it is interrupted at any checkpoint', async ({ gpu }) => {
    const first = begin(gpu);
    while (await first.run.advance());
    const evaluation = await first.run.finalEvaluation();
    expect(first.recorded.metrics.map(({ step }) => step)).toEqual(Array.from({ length: 16 }, (_, i) => i + 1));
    expect(first.recorded.traces).toHaveLength(5 * 12);
    expect(first.recorded.graph.map(({ step }) => step)).toEqual([12, 13, 14, 15, 16]);
    for (const line of first.recorded.metrics) expect(Number.isFinite(line.loss)).toBe(true);

    const second = begin(gpu);
    while (await second.run.advance(1));
    expect(timeless(second.recorded.metrics)).toEqual(timeless(first.recorded.metrics));
    expect(second.recorded.traces).toEqual(first.recorded.traces);
    expect(second.recorded.dev).toEqual(first.recorded.dev);
    expect(second.recorded.graph).toEqual(first.recorded.graph);
    expect(await second.run.finalEvaluation()).toEqual(evaluation);
    const { value } = first.run.fingerprintSoFar;
    expect(second.run.fingerprintSoFar.value).toBe(value);
    second.run.destroy();

    // Checkpoints lie within stages 0, 1 and 2 and at their ends.
    for (const state of first.recorded.states) {
      const resumed = begin(gpu);
      await resumed.run.restore(readRunState(writeRunState(state, 'hash'), 'hash', 'state'));
      while (await resumed.run.advance());
      expect(resumed.run.fingerprintSoFar.value, `resumed after step ${state.step}`).toBe(value);
      for (const [step, positions] of resumed.recorded.positions) {
        expect(positions, `positions of step ${step}`).toEqual(first.recorded.positions.get(step));
      }
      expect(resumed.recorded.positions.size).toBe(state.step > 11 ? 16 - state.step : 6);
      resumed.run.destroy();
    }
    first.run.destroy();
  });

  testWithGpu('records the rank while thinking beside training, which it does not touch', async ({ gpu }) => {
    const asked = begin(gpu);
    while (await asked.run.advance());
    const { traces, dev } = asked.recorded;
    expect([...new Set(traces.filter(({ ranks }) => ranks).map(({ step }) => step))]).toEqual([13, 15]);
    for (const { ids, rank, ranks, rewards, entropies } of [...traces, ...dev]) {
      expect(entropies).toHaveLength(ids.length);
      if (!ranks) continue;
      const emitted = ids.at(-1) === asked.run.tokens.embed;
      expect(ranks).toHaveLength(emitted ? ids.length : ids.length + 1);
      expect(rewards).toHaveLength(ranks.length);
      // The corpus is so small that the graph's search is exact; the reward sees no further than its cut-off.
      if (emitted)
        expect(ranks.at(-1)! <= tiny.grpo.reward_k ? ranks.at(-1) : 0).toBe(rank <= tiny.grpo.reward_k ? rank : 0);
    }
    // Evaluations at 8, at the end of stage 1, at 12 and 16, each with 4 queries of either depth.
    expect([...new Set(dev.map(({ step }) => step))]).toEqual([8, 11, 12, 16]);
    expect(dev).toHaveLength(4 * 8);

    const plain = begin(gpu, { ...tiny, environment: { ...tiny.environment, rank_every: 0 } });
    while (await plain.run.advance());
    expect(plain.recorded.traces.some(({ ranks }) => ranks)).toBe(false);
    expect(timeless(plain.recorded.metrics)).toEqual(timeless(asked.recorded.metrics));
    expect(plain.run.fingerprintSoFar.value).toBe(asked.run.fingerprintSoFar.value);
    asked.run.destroy();
    plain.run.destroy();
  });

  testWithGpu('draws its graph from records alone, and being drawn changes no bit', async ({ gpu }) => {
    const drawn = begin(gpu);
    while (drawn.run.step < 13) await drawn.run.advance(13 - drawn.run.step);
    expect(drawn.run.refitPicture()).toBe(true);
    while (await drawn.run.advance());
    const plain = begin(gpu);
    while (await plain.run.advance());
    expect(drawn.run.refitPicture()).toBe(false);
    expect(drawn.run.fingerprintSoFar.value).toBe(plain.run.fingerprintSoFar.value);
    expect(drawn.recorded.positions.get(13)).toEqual(plain.recorded.positions.get(13));
    expect(drawn.recorded.positions.get(16)).not.toEqual(plain.recorded.positions.get(16));

    const { start, graph, positions, states } = plain.recorded;
    const documents = plain.run.task.documents.length;
    expect([start!.step, start!.counts.length]).toEqual([11, documents]);
    expect([...positions.keys()]).toEqual([11, 12, 13, 14, 15, 16]);
    const edges = new Set<string>();
    let at = 0;
    start!.counts.forEach((count, from) => {
      for (const to of start!.neighbours.subarray(at, (at += count))) edges.add(`${from} ${to}`);
    });
    expect(edges.size).toBe(start!.neighbours.length);
    for (const { added, removed } of graph.filter(({ step }) => step <= 15)) {
      for (const edge of removed) expect(edges.delete(edge.join(' '))).toBe(true);
      for (const edge of added) edges.add(edge.join(' '));
    }
    const kept = unpackGrpoState(states.find(({ step }) => step === 15)!.stage!).environment.graph;
    const expected = Array.from(kept.counts, (count, from) =>
      Array.from(kept.neighbours.subarray(from * start!.degree_bound).subarray(0, count), (to) => `${from} ${to}`),
    );
    expect([...edges].sort()).toEqual(expected.flat().sort());
    drawn.run.destroy();
    plain.run.destroy();
  });

  testWithGpu('allocates nothing after its first steps, and leaves nothing behind', async ({ gpu }) => {
    const before = gpu.counters.liveBuffers;
    const { run } = begin(gpu, {
      ...tiny,
      pretrain: { ...tiny.pretrain, steps: 500 },
      evaluation: { ...tiny.evaluation, every: 0 },
      checkpoint: { every: 0 },
    });
    while (run.step < 5) await run.advance(1);
    const { liveBuffers, bindGroups, pipelines } = gpu.counters;
    while (run.step < 499) await run.advance(499 - run.step);
    expect(gpu.counters).toMatchObject({ liveBuffers, bindGroups, pipelines });
    run.destroy();
    expect(gpu.counters.liveBuffers).toBe(before);
  });

  testWithGpu('leaves a model whose files give the same logits', async ({ gpu }) => {
    const { run, recorded } = begin(gpu);
    while (await run.advance());
    const files = checkpointFiles(tiny, run.task, recorded.states.at(-1)!.weights);
    const { arch, tensors } = await readCheckpoint((name) => Promise.resolve(files.get(name) ?? null), 'files');
    const loaded = new Model(gpu, arch);
    loaded.weights.load(tensors);
    const ids = [...run.tokens.document(0)];
    const logits = async (model: Model) => (await new LogitsPass(model, ids.length).run([ids])).logits;
    expect(await logits(loaded)).toEqual(await logits(run.model));
    loaded.destroy();
    run.destroy();
  });
});
