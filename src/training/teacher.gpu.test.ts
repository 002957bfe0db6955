import { describe, expect } from 'vitest';
import { withTeacher } from '../config/teacher-session';
import { parseSession } from '../config/parse-session';
import { filesInMemory } from '../formats/model-files';
import { openModel } from '../formats/open-model';
import type { Gpu } from '../gpu/gpu';
import { testWithGpu } from '../gpu/testing';
import type { StepMetrics } from '../records/records';
import { createTask, dataFilesOf } from '../tasks/registry';
import { textCorpus, textSession } from '../tasks/text/text.test-data';
import { baseOf, type Base } from './base';
import { checkpointFiles } from './checkpoint-files';
import { sessionCost } from './cost';
import { readRunState, writeRunState } from './run-state-file';
import { SessionRun, type RunState } from './session-run';
import { SILENT } from './silent';
import { teacherOf, teacherScores, teacherVectors, type Teacher } from './teacher';
import { smallEmbedder } from './teacher.test-data';

const WORDS = ['wing', 'lift', 'drag', 'flow', 'heat', 'on', 'and'];
const { bytes } = textCorpus(40);
const plain = textSession(bytes);
const data = new Map(dataFilesOf(plain.task).map(({ path }) => [path, bytes]));
const session = (sha256: string, checkpoint = 0) =>
  parseSession({
    ...withTeacher(plain, { sha256, name: 'small', from: '' }),
    evaluation: { ...plain.evaluation, every: 0 },
    checkpoint: { every: checkpoint },
  });

function begin(gpu: Gpu, of: ReturnType<typeof session>, teacher: Teacher | null, base: Base | null = null) {
  const metrics: StepMetrics[] = [];
  const states: RunState[] = [];
  const told: number[] = [];
  let most = 0;
  const look = () => void (most = Math.max(most, gpu.counters.liveBytes));
  const run = new SessionRun(
    gpu,
    of,
    {
      ...SILENT,
      metrics: (steps) => {
        look();
        metrics.push(...steps);
      },
      evaluation: look,
      dev: look,
      teaching: (done, all) => {
        look();
        told.push(done / all);
      },
      checkpoint: (state) => Promise.resolve(void states.push(state)),
    },
    data,
    [],
    base,
    teacher,
  );
  return { run, metrics, states, told, most: () => most };
}

async function finished(gpu: Gpu, of: ReturnType<typeof session>, teacher: Teacher) {
  const begun = begin(gpu, of, teacher);
  await begun.run.load();
  while (await begun.run.advance());
  const { value } = begun.run.fingerprintSoFar;
  begun.run.destroy();
  return { ...begun, value };
}

describe('a session with a teacher', () => {
  testWithGpu('learns its ranking, and goes on from any checkpoint with the same bits', async ({ gpu }) => {
    const { opened, hash } = await smallEmbedder(WORDS);
    const named = session(hash, 1);
    const teacher = teacherOf(named, opened, hash, 'small');
    const before = gpu.counters.liveBytes;
    const planned = await sessionCost(named, data, null, teacher);
    const first = await finished(gpu, named, teacher);
    expect(first.metrics.filter(({ stage }) => stage === 'sft').map((line) => line['loss/distil'])).toEqual([
      expect.any(Number),
      expect.any(Number),
      expect.any(Number),
    ]);
    expect(first.told.at(-1)).toBe(1);
    expect(first.most() - before).toBe(planned.gpuBytes);
    expect(gpu.counters.liveBytes).toBe(before);
    for (const state of first.states) {
      const resumed = begin(gpu, named, teacher);
      await resumed.run.restore(readRunState(writeRunState(state, 'hash'), 'hash', 'state'));
      while (await resumed.run.advance());
      expect(resumed.run.fingerprintSoFar.value, `resumed after step ${state.step}`).toBe(first.value);
      resumed.run.destroy();
    }
    // Another teacher is another run from its first step on, before anything is learnt from it.
    const other = await smallEmbedder(WORDS, 2);
    const another = begin(gpu, session(other.hash), teacherOf(session(other.hash), other.opened, other.hash, 'small'));
    await another.run.advance(1);
    const steps = (run: SessionRun) => run.fingerprintSoFar.perStep[0];
    const again = begin(gpu, named, teacher);
    await again.run.advance(1);
    expect(steps(another.run)).not.toBe(steps(again.run));
    another.run.destroy();
    again.run.destroy();
  });

  testWithGpu('asks it once: what was kept is read', async ({ gpu }) => {
    const { opened, hash } = await smallEmbedder(WORDS);
    const kept = new Map<string, Float32Array>();
    const teacher: Teacher = {
      ...teacherOf(session(hash), opened, hash, 'small'),
      kept: (key) => ({
        read: (floats) => {
          const found = kept.get(key);
          return Promise.resolve(found?.length === floats ? Float32Array.from(found) : null);
        },
        keep: (vectors) => Promise.resolve(void kept.set(key, Float32Array.from(vectors))),
      }),
    };
    const task = createTask(plain.task, plain.seed, data);
    const told: number[] = [];
    const asked = await teacherVectors(gpu, teacher, task, (done) => void told.push(done));
    expect(told.length).toBeGreaterThan(0);
    told.length = 0;
    expect(await teacherVectors(gpu, teacher, task, (done) => void told.push(done))).toEqual(asked);
    expect(told).toEqual([]);
    // Its scores are cosines, of the texts that the task says.
    const texts = task.taught!();
    expect(asked.rows.length).toBe(texts.length * asked.channels);
    const rows = [...task.documents.keys()];
    for (const score of teacherScores(asked, [0, texts.length - 1], rows))
      expect(Math.abs(score)).toBeLessThan(1 + 1e-5);
  });

  testWithGpu('teaches the adapter of a base as well', async ({ gpu }) => {
    const { opened, hash } = await smallEmbedder(WORDS);
    // The base: what a run on the same documents left.
    const own = parseSession({ ...plain, evaluation: { ...plain.evaluation, every: 0 } });
    const { run } = begin(gpu, own, null);
    while (await run.advance());
    const { weights } = await run.checkpointNow();
    const model = await openModel(filesInMemory(checkpointFiles(own, run.task, weights)), 'base');
    run.destroy();
    const sha256 = await model.hash();
    const adapted = parseSession({
      ...session(hash),
      pretrain: { steps: 0 },
      model: {
        base: { sha256, name: 'base' },
        adapter: { rank: 2, alpha: 4, targets: ['q_proj', 'v_proj'], embed_token: '<|embed_token|>' },
        max_position_embeddings: plain.model.max_position_embeddings,
      },
    });
    const untaught = parseSession({ ...adapted, sft: { ...adapted.sft, teacher: {}, weight_distil: 0 } });
    const base = (of: ReturnType<typeof session>) => baseOf(of, model, sha256, 'base');
    const losses = async (of: ReturnType<typeof session>, teacher: Teacher | null) => {
      const begun = begin(gpu, of, teacher, await base(of));
      await begun.run.load();
      while (await begun.run.advance());
      begun.run.destroy();
      return begun.metrics.filter(({ stage }) => stage === 'sft');
    };
    const taught = await losses(adapted, teacherOf(adapted, opened, hash, 'small'));
    const alone = await losses(untaught, null);
    expect(taught.map((line) => line['loss/distil'])).toEqual([
      expect.any(Number),
      expect.any(Number),
      expect.any(Number),
    ]);
    // The first step begins with the same adapter; from the second on it has learnt something else.
    expect(taught[0]!['loss/infonce']).toBe(alone[0]!['loss/infonce']);
    expect(taught[2]!['loss/infonce']).not.toBe(alone[2]!['loss/infonce']);
  });
});
