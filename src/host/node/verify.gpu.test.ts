import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, vi } from 'vitest';
import * as v from 'valibot';
import { FIRST_NUMERICS, numericsSentence, SPLIT_NUMERICS } from '../../config/numerics';
import { parseSession } from '../../config/parse-session';
import { secondsSession } from '../../config/seconds.test-data';
import { readNpy } from '../../formats/npy';
import { testWithGpu } from '../../gpu/testing';
import { marksOf } from '../../records/marks';
import { encodeLink } from '../../session/link';
import encode from './commands/encode';
import evaluate from './commands/eval';
import train from './commands/run';
import verifyCommand, { verify } from './commands/verify';
import { requestNodeAdapter } from './device';
import { writeKinBeir } from './kin-beir.test-data';
import * as output from './output';
import { readRecordedRun } from './recorded-run';

const session = parseSession(secondsSession());
const STEPS = 8;

const metrics = v.looseObject({ ndcg_cut_10: v.number(), map: v.number(), queries: v.number() });
const system = v.object({ ndcg_cut_10: v.number(), ci95: v.object({ map: v.tuple([v.number(), v.number()]) }) });
const evaluated = v.looseObject({ ...metrics.entries, bm25: system, fusion: system });
const evaluationSchema = v.record(
  v.string(),
  v.record(v.string(), v.looseObject({ ...metrics.entries, emission_rate: v.optional(v.number()) })),
);

describe('a run of the command line', () => {
  const root = mkdtempSync(join(tmpdir(), 'verify-gpu-'));
  const file = join(root, 'tiny.json');
  const folder = join(root, 'run');
  const checkpoint = join(folder, 'checkpoint');
  const print = vi.spyOn(output, 'printResult').mockImplementation(() => undefined);
  const says = vi.spyOn(output, 'progress').mockImplementation(() => undefined);
  const printed = (): unknown => print.mock.lastCall?.[0];

  // Commands open their own devices and receive their errors.
  beforeAll(async () => {
    if (!(await requestNodeAdapter())) return;
    writeFileSync(file, JSON.stringify(session));
    await train([file, '--out', folder]);
  });
  afterAll(() => rmSync(root, { recursive: true }));

  testWithGpu('is reproduced, by its folder and by the claim of a link', async () => {
    expect(await verifyCommand([file, '--against', folder])).toBe(0);
    expect(printed()).toEqual({ reproduced: true, step: STEPS, drift: null });

    const { fingerprint, steps } = readRecordedRun(folder, { session, ancestors: [] }, STEPS);
    const claim = { fingerprint: fingerprint.slice(0, 12), metrics: {}, adapter: '', marks: marksOf(steps!) };
    expect(await verifyCommand([encodeLink({ session, claim })])).toBe(0);
    expect(printed()).toEqual({ reproduced: true, step: STEPS, drift: null });

    expect(await verifyCommand([encodeLink({ session, claim: { ...claim, numerics: 7 } })])).toBe(0);
    const numerics = { recorded: 7, here: FIRST_NUMERICS };
    expect(printed()).toEqual({ reproduced: true, step: STEPS, numerics, drift: null });
    expect(says).toHaveBeenCalledWith(numericsSentence(7, FIRST_NUMERICS));
  });

  testWithGpu('with sums in parts says so, has a fingerprint of its own, and is reproduced', async () => {
    const parts = parseSession({ ...session, model: { ...session.model, numerics: SPLIT_NUMERICS } });
    const [path, into] = [join(root, 'parts.json'), join(root, 'parts')];
    writeFileSync(path, JSON.stringify(parts));
    await train([path, '--out', into]);
    const recorded = readRecordedRun(into, { session: parts, ancestors: [] }, STEPS);
    expect(recorded.numerics).toBe(SPLIT_NUMERICS);
    expect(recorded.fingerprint).not.toBe(readRecordedRun(folder, { session, ancestors: [] }, STEPS).fingerprint);
    expect(await verifyCommand([path, '--against', into])).toBe(0);
    const { fingerprint } = recorded;
    const claim = { fingerprint: fingerprint.slice(0, 12), metrics: {}, adapter: '', numerics: SPLIT_NUMERICS };
    expect(await verifyCommand([encodeLink({ session: parts, claim })])).toBe(0);
    expect(printed()).toEqual({ reproduced: true, step: STEPS, drift: null });
  });

  testWithGpu('leaves the graph that stage 2 began with and a frame of positions for it and for each refresh', () => {
    const start: unknown = JSON.parse(readFileSync(join(folder, 'graph-start.json'), 'utf8'));
    const { neighbours, step } = v.parse(
      v.object({ step: v.number(), degree_bound: v.number(), neighbours: v.array(v.array(v.number())) }),
      start,
    );
    expect(step).toBe(6);
    const bytes = readFileSync(join(folder, 'positions.bin'));
    const size = 4 + 8 * neighbours.length;
    expect(bytes.length).toBe(3 * size);
    expect([0, 1, 2].map((frame) => bytes.readUInt32LE(frame * size))).toEqual([6, 7, 8]);
    const largest = Array.from({ length: 2 * neighbours.length }, (_, i) => Math.abs(bytes.readFloatLE(4 + 4 * i)));
    expect(Math.max(...largest)).toBeGreaterThan(0);
    expect(Math.max(...largest)).toBeLessThan(2);
  });

  testWithGpu('is reproduced as far as it went, where it was stopped', async ({ gpu }) => {
    const recorded = readRecordedRun(folder, { session, ancestors: [] }, STEPS);
    const steps = recorded.steps!.slice(0, 4);
    expect(await verify(gpu, session, { ...recorded, fingerprint: steps[3]!, steps })).toEqual({
      reproduced: true,
      step: 4,
      drift: null,
    });
  });

  testWithGpu('is not reproduced by another session; the step and the drift are reported', async ({ gpu }) => {
    const recorded = readRecordedRun(folder, { session, ancestors: [] }, STEPS);
    // The learning rate of stage 1 is first used in step 4, and first changes a loss in step 5.
    const changed = { ...session, sft: { ...session.sft, learning_rate: session.sft.learning_rate * 2 } };
    const result = await verify(gpu, changed, recorded);
    expect(result).toMatchObject({
      reproduced: false,
      step: 3,
      drift: { first_differing_step: 4, loss: { steps_compared: STEPS } },
    });
    expect(result.drift?.loss?.largest_relative_difference).toBeGreaterThan(0);
    expect(result.drift?.loss?.at_step).toBeGreaterThan(4);
    expect(result.drift?.metrics).toHaveProperty('ndcg_cut_10/reasoning.rerun');
    expect(await verify(gpu, { ...session, seed: 6 }, recorded)).toMatchObject({ reproduced: false, step: 0 });
  });

  testWithGpu('is not reproduced against a changed fingerprint', async () => {
    const path = join(folder, 'fingerprint.json');
    const kept = readFileSync(path, 'utf8');
    const { fingerprint, steps } = readRecordedRun(folder, { session, ancestors: [] }, STEPS);
    writeFileSync(path, JSON.stringify({ fingerprint, steps: steps!.with(5, '000000000000') }));
    try {
      expect(await verifyCommand([file, '--against', folder])).toBe(1);
      expect(printed()).toMatchObject({
        reproduced: false,
        step: 5,
        drift: { loss: { largest_relative_difference: 0 } },
      });
    } finally {
      writeFileSync(path, kept);
    }
  });

  testWithGpu('gives a checkpoint that eval scores as the run did', async () => {
    const { dev } = v.parse(evaluationSchema, JSON.parse(readFileSync(join(folder, 'evaluation.json'), 'utf8')));
    expect(dev!['bm25']!.ndcg_cut_10).toBe(0);
    expect(dev!['fusion']!.ndcg_cut_10).toBeCloseTo(dev!['reasoning']!.ndcg_cut_10, 10);
    for (const [arm, end] of [
      ['direct', '<direct>'],
      ['forced', '<think>'],
    ] as const) {
      const data = join(root, `beir-${arm}`);
      writeKinBeir(data, session, end);
      const runOut = join(root, `${arm}.trec`);
      expect(await evaluate(['--checkpoint', checkpoint, '--data', data, '--split', 'dev', '--run-out', runOut])).toBe(
        0,
      );
      const found = v.parse(evaluated, printed());
      expect(found.queries).toBe(dev![arm]!.queries);
      expect(found.ndcg_cut_10).toBeCloseTo(dev![arm]!.ndcg_cut_10, 10);
      expect(found.map).toBeCloseTo(dev![arm]!.map, 10);
      // Kin's documents have no word of its queries, so that fusing leaves the model's ranking.
      expect(found.bm25.ndcg_cut_10).toBe(0);
      expect(found.fusion.ndcg_cut_10).toBeCloseTo(found.ndcg_cut_10, 10);
      expect(found.fusion.ci95.map[0]).toBeLessThanOrEqual(found.map);
      expect(readFileSync(runOut, 'utf8')).toMatch(/^dev-0 Q0 \S+ 1 \S+ search-r3-lab\n/);
    }
  });

  testWithGpu('gives a checkpoint that encodes texts, with and without reasoning', async () => {
    const input = join(root, 'texts.jsonl');
    const long = Array.from({ length: 200 }, () => 'word').join(' ');
    const lines = ['', 'one', 'two words', long].map((text, i) => `${JSON.stringify({ _id: `t${i}`, text })}\n`);
    writeFileSync(input, lines.join(''));
    for (const reasoning of ['off', 'on']) {
      const npy = join(root, `${reasoning}.npy`);
      const flags = ['--checkpoint', checkpoint, '--input', input, '--output', npy, '--reasoning', reasoning];
      expect(await encode(flags)).toBe(0);
      expect(printed()).toMatchObject({ rows: 4, dims: 16, truncated: 1 });
      const { shape, data } = readNpy(readFileSync(npy), npy);
      expect(shape).toEqual([4, 16]);
      for (let row = 0; row < 4; row++) {
        const vector = data.subarray(row * 16, (row + 1) * 16);
        expect(vector.reduce((sum, x) => sum + x * x, 0)).toBeCloseTo(1, 5);
      }
      expect(readFileSync(join(root, `${reasoning}.ids.txt`), 'utf8')).toBe('t0\nt1\nt2\nt3\n');
    }
    expect(printed()).toHaveProperty('not_emitted');
    const npy = join(root, 'passages.npy');
    expect(await encode(['--checkpoint', checkpoint, '--input', input, '--output', npy, '--passages'])).toBe(0);
    // 200 words through a window of 63, every 47 at most.
    expect(printed()).toMatchObject({ rows: 7, split: 1 });
    expect(readNpy(readFileSync(npy), npy).shape).toEqual([7, 16]);
    expect(readFileSync(join(root, 'passages.ids.txt'), 'utf8')).toBe('t0\nt1\nt2\nt3\nt3\nt3\nt3\n');
  });
});
