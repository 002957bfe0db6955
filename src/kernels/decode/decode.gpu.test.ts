import { describe, expect } from 'vitest';
import { philox4x32, Random } from '../../lib/philox';
import { compare, describeComparison, KERNEL_TOLERANCE } from '../../lib/tolerance';
import { captureRows, cutsOf, nextRows, sampleToken, samplingWords, type SampleVariant } from './decode';
import { bitsOf, CANARY, singles, testKernel, type Bench } from '../reference/harness';
import { COUNT, liveRows } from '../rows';
import { state, UNTOUCHED, untouched, wordsAt, type Row } from './decode.test-data';
import { sample, type SamplingSettings } from './sampling.reference';

/** A draw this near an interval's rim may fall on either side in f32. */
const RIM = 1e-5;
const PITCH = 4;

interface SampleCase {
  vocabulary: number;
  rows: number;
  /** Logits are rounded to multiples of this, so that many are alike; 0: as drawn. */
  grain?: number;
  /** Logits that a sampler must never draw. */
  masked?: boolean;
}

function setUpSampling(bench: Bench, c: SampleCase) {
  const { vocabulary, rows } = c;
  const limit = rows + 3;
  const drawn = singles(rows * vocabulary, vocabulary, 2);
  const logits = c.grain ? drawn.map((x) => Math.round(x / c.grain!) * c.grain!) : drawn;
  if (c.masked) for (let i = 0; i < logits.length; i += 3) logits[i] = -3.0e38;
  // The sequences' order among the rows is not their own.
  const infos: Row[] = Array.from({ length: rows }, (_, r) => [9, r, (r * 7) % rows, 0]);
  const views = {
    state: bench.integers(wordsAt(0, {})),
    logits: bench.floats(logits, limit * vocabulary),
    info: bench.integers(infos.flat(), limit * 4),
    outIds: untouched(bench, rows * PITCH),
    outLogprobs: bench.output(rows * PITCH),
    outEntropies: bench.output(rows * PITCH),
    lengths: untouched(bench, rows),
  };
  const record = (cuts = true, variant: SampleVariant = 'workgroup') =>
    bench.record(
      (recorder, { counts }) =>
        sampleToken(
          recorder,
          { counts, rows: liveRows(limit, COUNT.TOKENS), state: views.state, info: views.info },
          { vocabulary, pitch: PITCH, cuts, ...views },
          variant,
        ),
      { TOKENS: rows },
    );
  return { logits, infos, views, record };
}

/** Runs one program on many settings, each at another position and step. */
async function checkSampling(bench: Bench, c: SampleCase, all: readonly SamplingSettings[]): Promise<void> {
  const { vocabulary, rows } = c;
  const { logits, infos, views, record } = setUpSampling(bench, c);
  // Where nothing is cut, by the kernels without the loops too.
  const keeping = [await record(), await record(false), await record(false, 'rows')];
  const errors = { actual: [] as number[], expected: [] as number[] };
  const entropies = { actual: [] as number[], expected: [] as number[] };
  let skipped = 0;
  for (const [i, settings] of all.entries()) {
    const t = i % PITCH;
    const s = state({ ...settings, step: i });
    bench.gpu.write(views.state, wordsAt(t, s));
    bench.gpu.write(views.info, Uint32Array.from(infos.flat()));
    keeping[cutsOf(settings) ? 0 : i % keeping.length]!.run();
    const [ids, logprobs, entropy, lengths, info] = [
      await bench.integersOf(views.outIds),
      await bench.read(views.outLogprobs),
      await bench.read(views.outEntropies),
      await bench.integersOf(views.lengths),
      await bench.integersOf(views.info),
    ];
    infos.forEach(([, position, sequence], r) => {
      const [word] = philox4x32([sequence, t, i, 0], [s.seed, s.stream]);
      const u = (word >>> 8) * 2 ** -24;
      const expected = sample(logits.subarray(r * vocabulary, (r + 1) * vocabulary), settings, u);
      const [low, high] = expected.interval;
      if (settings.temperature > 0 && ((low > 0 && u - low < RIM) || (high < 1 && high - u < RIM))) {
        skipped++;
        return;
      }
      const at = sequence * PITCH + t;
      expect(ids[at], `${JSON.stringify(settings)}, row ${r}, u ${u} in ${low} … ${high}`).toBe(expected.token);
      expect([...info.subarray(r * 4, r * 4 + 4)]).toEqual([expected.token, position, sequence, 0]);
      expect(lengths[sequence]).toBe(t + 1);
      errors.actual.push(logprobs[at]!);
      errors.expected.push(expected.logprob);
      entropies.actual.push(entropy[at]!);
      entropies.expected.push(expected.entropy);
    });
  }
  for (const [name, { actual, expected }] of Object.entries({ 'log-probabilities': errors, entropies })) {
    const result = compare(actual, expected, KERNEL_TOLERANCE.softmax.forward);
    if (!result.pass) throw new Error(describeComparison(name, result));
  }
  expect(skipped).toBeLessThan((all.length * rows) / 20);
}

async function checkEnds(bench: Bench, variant: SampleVariant): Promise<void> {
  const rows = 6;
  const { views, infos, record } = setUpSampling(bench, { vocabulary: 5, rows });
  const program = await record(false, variant);
  const at = (stop: number) =>
    infos.map(([, position, sequence], r): Row => [r === stop ? 2 : 9, position, sequence, 0]);
  // Before the first token nothing of its own has been read: the id is the prompt's affair.
  for (const [t, stop, ended] of [
    [0, 1, []],
    [2, 1, [1]],
    [PITCH, 1, [0, 1, 2, 3, 4, 5]],
  ] as const) {
    bench.gpu.write(views.state, wordsAt(t, { stopToken: 2, temperature: 0 }));
    bench.gpu.write(views.info, Uint32Array.from(at(stop).flat()));
    program.run();
    const info = await bench.integersOf(views.info);
    expect([...Array(rows).keys()].filter((r) => info[r * 4 + 3] === 1)).toEqual(ended);
    for (const r of ended) expect(info[r * 4]).toBe(r === stop ? 2 : 9);
  }
  // The sequence of the row that stopped has its first token alone; t = 4 wrote nothing.
  const stopped = infos[1]![2];
  expect([...(await bench.integersOf(views.lengths))]).toEqual(
    Array.from({ length: rows }, (_, sequence) => (sequence === stopped ? 1 : 3)),
  );
  const ids = await bench.integersOf(views.outIds);
  expect(ids[stopped * PITCH + 2]).toBe(UNTOUCHED);
  expect(ids.filter((id) => id !== UNTOUCHED)).toHaveLength(2 * rows - 1);
  expect((await bench.read(views.outLogprobs)).filter((x) => x !== CANARY)).toHaveLength(2 * rows - 1);
}

const whole = { temperature: 1, top_k: 0, top_p: 1 };
const SETTINGS: readonly SamplingSettings[] = [
  { ...whole, temperature: 0 },
  whole,
  { ...whole, temperature: 0.6 },
  { ...whole, temperature: 1.7 },
  { ...whole, top_k: 1 },
  { ...whole, top_k: 3 },
  { ...whole, temperature: 0.8, top_k: 40 },
  { ...whole, top_p: 0.5 },
  { ...whole, top_p: 0.93 },
  { ...whole, temperature: 1.3, top_p: 0.01 },
  { temperature: 0.9, top_k: 7, top_p: 0.8 },
  { temperature: 2, top_k: 30, top_p: 0.6 },
];

describe('sampling', () => {
  for (const vocabulary of [1, 5, 64, 65, 300]) {
    testKernel(`draws the reference's tokens from ${vocabulary}`, (bench) =>
      checkSampling(bench, { vocabulary, rows: 24 }, SETTINGS),
    );
  }
  testKernel('ties stand or fall together, and greedy takes the lowest id', (bench) =>
    checkSampling(bench, { vocabulary: 70, rows: 24, grain: 1 }, SETTINGS),
  );
  testKernel('all logits alike: any id may come', (bench) =>
    checkSampling(bench, { vocabulary: 65, rows: 24, grain: 100 }, SETTINGS),
  );
  testKernel('never draws what has no mass', (bench) =>
    checkSampling(bench, { vocabulary: 65, rows: 24, masked: true }, SETTINGS),
  );
  testKernel('a top-k far beyond the vocabulary keeps all, at no cost', (bench) =>
    checkSampling(bench, { vocabulary: 65, rows: 8 }, [{ ...whole, top_k: 100_000 }]),
  );

  testKernel('an invocation a row sums to the bits of a workgroup a row', async (bench) => {
    for (const vocabulary of [1, 63, 64, 129, 300]) {
      const { infos, views, record } = setUpSampling(bench, { vocabulary, rows: 24 });
      const found: unknown[] = [];
      for (const variant of ['workgroup', 'rows'] as const) {
        const program = await record(false, variant);
        for (const [t, temperature] of [1, 0.7, 0].entries()) {
          bench.gpu.write(views.state, wordsAt(t, { temperature }));
          bench.gpu.write(views.info, Uint32Array.from(infos.flat()));
          program.run();
        }
        const [logprobs, entropies] = [await bench.read(views.outLogprobs), await bench.read(views.outEntropies)];
        found.push([[...(await bench.integersOf(views.outIds))], bitsOf(logprobs), bitsOf(entropies)]);
      }
      expect(found[1]).toEqual(found[0]);
    }
  });

  for (const variant of ['workgroup', 'rows'] as const) {
    testKernel(`ends a row that has read the stop token, or has no room left, ${variant}`, (bench) =>
      checkEnds(bench, variant),
    );
  }
});

describe('the next rows', () => {
  for (const rows of [0, 1, 63, 65, 130]) {
    testKernel(`drop what is done of ${rows}, in order`, async (bench) => {
      const random = new Random(rows, 'sample');
      const limit = 140;
      const infos: Row[] = Array.from({ length: rows }, (_, r) => [
        random.integer(50),
        100 + r,
        r * 3,
        rows > 1 ? random.integer(2) : 0,
      ]);
      const views = {
        state: bench.integers(wordsAt(6, { sequences: rows })),
        info: bench.integers(infos.flat(), limit * 4),
        next: untouched(bench, limit * 4),
        ids: untouched(bench, limit),
        positions: untouched(bench, limit),
        counts: untouched(bench, 2),
      };
      const before = samplingWords(state({ sequences: rows }));
      await bench.run(
        (recorder, { counts }) => {
          nextRows(
            recorder,
            { counts, rows: liveRows(limit, COUNT.TOKENS), state: views.state, info: views.info },
            views,
          );
          recorder.copy(counts, views.counts, 8);
        },
        { TOKENS: rows },
      );
      const kept = infos.filter(([, , , done]) => done === 0);
      expect((await bench.integersOf(views.counts))[COUNT.TOKENS]).toBe(kept.length);
      const rest = new Array<number>(limit - kept.length).fill(UNTOUCHED);
      const next = kept.flatMap(([id, position, sequence]) => [id, position + 1, sequence, 0]);
      expect([...(await bench.integersOf(views.next))].slice(0, next.length)).toEqual(next);
      expect([...(await bench.integersOf(views.ids))]).toEqual([...kept.map(([id]) => id), ...rest]);
      expect([...(await bench.integersOf(views.positions))]).toEqual([...kept.map(([, p]) => p + 1), ...rest]);
      before[0] = 7;
      expect([...(await bench.integersOf(views.state))]).toEqual([...before]);
    });
  }

  testKernel('of rows that are all done, none is left', async (bench) => {
    const infos = Array.from({ length: 65 }, (_, r) => [1, r, r, 1]);
    const views = {
      state: bench.integers(wordsAt(1, {})),
      info: bench.integers(infos.flat()),
      next: untouched(bench, 65 * 4),
      ids: untouched(bench, 65),
      positions: untouched(bench, 65),
      counts: untouched(bench, 2),
    };
    await bench.run(
      (recorder, { counts }) => {
        nextRows(recorder, { counts, rows: liveRows(65, COUNT.TOKENS), state: views.state, info: views.info }, views);
        recorder.copy(counts, views.counts, 8);
      },
      { TOKENS: 65 },
    );
    expect((await bench.integersOf(views.counts))[COUNT.TOKENS]).toBe(0);
    expect((await bench.integersOf(views.ids)).every((id) => id === UNTOUCHED)).toBe(true);
  });
});

testKernel('hidden states are captured of the rows that read the stop token', async (bench) => {
  const channels = 70;
  const infos: Row[] = [4, 2, 2, 0, 2].map((id, r) => [id, 8, 5 - r, 0]);
  const hidden = singles(4 * channels, 1);
  const views = {
    state: bench.integers(wordsAt(3, { stopToken: 2 })),
    info: bench.integers(infos.flat()),
    hidden: bench.floats(hidden, 5 * channels),
    captured: bench.output(6 * channels),
    emitted: untouched(bench, 6),
  };
  await bench.run(
    (recorder, { counts }) =>
      captureRows(
        recorder,
        { counts, rows: liveRows(5, COUNT.TOKENS), state: views.state, info: views.info },
        { channels, ...views },
      ),
    // The last row, a stop token too, is not live.
    { TOKENS: 4 },
  );
  expect([...(await bench.integersOf(views.emitted))]).toEqual([0, 0, 0, 1, 1, 0].map((on) => on || UNTOUCHED));
  const expected = new Float32Array(6 * channels).fill(CANARY);
  for (const r of [1, 2]) expected.set(hidden.subarray(r * channels, (r + 1) * channels), infos[r]![2] * channels);
  expect(await bench.read(views.captured)).toEqual(expected);
});
