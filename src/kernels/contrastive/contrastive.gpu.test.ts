import { describe } from 'vitest';
import { KERNEL_TOLERANCE } from '../../lib/tolerance';
import { distil, infonce, triplet } from './contrastive';
import { distilBackward, distilForward } from './distil.reference';
import { infonceBackward, infonceForward } from './infonce.reference';
import { add } from '../reference/arrays';
import { CANARY, singles, testKernel, type Bench } from '../reference/harness';
import { integers, uniforms } from '../reference/test-data';
import { COUNT, liveRows } from '../rows';
import { tripletBackward, tripletForward } from './triplet.reference';

const { forward, backward } = KERNEL_TOLERANCE.softmax;

interface Case {
  queries: number;
  documents: number;
  /** Room for queries and documents; the second is the pitch of the scores too. */
  limit: number;
  pitch: number;
  temperature: number;
}

/** Rows of `pitch` that hold `values` (queries, documents) first. */
function wide(values: ArrayLike<number>, { queries, documents, limit, pitch }: Case, rest: number): Float32Array {
  const all = new Float32Array(limit * pitch).fill(rest);
  for (let i = 0; i < queries; i++) {
    for (let j = 0; j < documents; j++) all[i * pitch + j] = values[i * documents + j]!;
  }
  return all;
}

async function check(bench: Bench, c: Case): Promise<void> {
  const { queries, documents, limit, pitch, temperature } = c;
  // Cosines; the triplet's margin is broken for about half of the queries.
  const scores = Float32Array.from(uniforms(queries * documents, 1), (u) => 2 * u - 1);
  const positive = Uint32Array.from(integers(queries, documents, 2));
  const negative = positive.map((p, i) => (p + 1 + (i % (documents - 1))) % documents);
  const margin = 0.1;
  const [weight, tripletWeight, distilWeight] = [0.7, 0.4, 0.6];
  const contrast = infonceForward(scores, positive, temperature);
  const trip = tripletForward(scores, positive, negative, margin);
  const d = infonceBackward(scores, positive, temperature, weight);
  const taught = Float32Array.from(uniforms(queries * documents, 3), (u) => 2 * u - 1);
  const temperatures = { temperature, teacherTemperature: 0.3 * temperature };
  const divergence = distilForward(scores, taught, queries, temperatures);
  const withTeacher = add(d, distilBackward(scores, taught, queries, temperatures, distilWeight));
  const both = add(d, tripletBackward(scores, positive, negative, margin, tripletWeight));

  const shape = { queries: liveRows(limit, COUNT.QUERIES), documents: liveRows(pitch, COUNT.DOCUMENTS), pitch };
  const views = {
    positive: bench.integers(positive, limit),
    negative: bench.integers(negative, limit),
    scores: bench.floats(wide(scores, c, NaN)),
  };
  const alone = { dscores: bench.output(limit * pitch), losses: bench.output(limit) };
  const second = { dscores: bench.output(limit * pitch), losses: bench.output(limit) };
  const third = { dscores: bench.output(limit * pitch), losses: bench.output(limit) };
  const teacher = bench.floats(wide(taught, c, NaN));
  await bench.run(
    (recorder, context) => {
      infonce(recorder, context, shape, { temperature, weight, ...views, ...alone });
      infonce(recorder, context, shape, { temperature, weight, ...views, ...second });
      triplet(recorder, context, shape, { margin, weight: tripletWeight, ...views, ...second });
      infonce(recorder, context, shape, { temperature, weight, ...views, ...third });
      distil(recorder, context, shape, { ...temperatures, weight: distilWeight, teacher, ...views, ...third });
    },
    { QUERIES: queries, DOCUMENTS: documents },
  );
  const mean = (rows: Float64Array): Float64Array => rows.map((row) => row / queries);
  await bench.close('InfoNCE losses', alone.losses, mean(contrast.rows), forward);
  await bench.close('InfoNCE dscores', alone.dscores, wide(d, c, CANARY), backward);
  await bench.close('triplet losses', second.losses, mean(trip.rows), forward);
  await bench.close('divergences', third.losses, mean(divergence.rows), forward);
  await bench.close('dscores with a teacher', third.dscores, wide(withTeacher, c, CANARY), backward);
  await bench.close('dscores of both', second.dscores, wide(both, c, CANARY), backward);
}

describe('infonce and triplet', () => {
  for (const c of [
    { queries: 1, documents: 2, limit: 1, pitch: 2, temperature: 0.05 },
    { queries: 3, documents: 5, limit: 17, pitch: 7, temperature: 0.1 },
    { queries: 17, documents: 61, limit: 17, pitch: 64, temperature: 0.05 },
    { queries: 65, documents: 129, limit: 70, pitch: 129, temperature: 0.02 },
    { queries: 129, documents: 65, limit: 129, pitch: 70, temperature: 1 },
  ]) {
    testKernel(`${c.queries} queries on ${c.documents} documents, temperature ${c.temperature}`, (bench) =>
      check(bench, c),
    );
  }

  testKernel('one document alone costs nothing', async (bench) => {
    const shape = { queries: liveRows(1, COUNT.QUERIES), documents: liveRows(1, COUNT.DOCUMENTS), pitch: 1 };
    const out = { dscores: bench.output(1), losses: bench.output(1) };
    await bench.run(
      (recorder, context) => {
        const given = { positive: bench.integers([0]), scores: bench.floats(singles(1, 1)) };
        infonce(recorder, context, shape, { temperature: 0.05, weight: 1, ...given, ...out });
      },
      { QUERIES: 1, DOCUMENTS: 1 },
    );
    await bench.close('loss', out.losses, [0], forward);
    await bench.close('dscores', out.dscores, [0], backward);
  });
});
