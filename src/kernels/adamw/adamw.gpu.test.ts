import { describe, expect } from 'vitest';
import { KERNEL_TOLERANCE } from '../../lib/tolerance';
import { adamw, globalNorm, normBlocks, stepState, type AdamWSettings } from './adamw';
import { adamwStep, clipCoefficient, globalNorm as normReference } from './adamw.reference';
import { bitsOf, padded, singles, testKernel, type Bench } from '../reference/harness';

const tolerance = KERNEL_TOLERANCE.optimizer.forward;
const defaults: AdamWSettings = { beta1: 0.9, beta2: 0.999, eps: 1e-8, weightDecay: 0.01, maxNorm: 1 };

/** Pages of these lengths, the step's state, a ring of 8 slots of 2, and the program of one step. */
async function setUp(bench: Bench, lengths: readonly number[], settings: AdamWSettings) {
  const pages = lengths.map((length, page) => {
    const start = singles(length, page);
    return {
      length,
      reference: { parameter: Float64Array.from(start), m: new Float64Array(length), v: new Float64Array(length) },
      views: {
        gradients: bench.floats(new Float32Array(length)),
        weights: bench.floats(start),
        first: bench.floats(new Float32Array(length)),
        second: bench.floats(new Float32Array(length)),
      },
    };
  });
  const state = bench.integers([0, 0, 0, 0]);
  const clip = bench.output(1);
  const ring = bench.output(16);
  const program = await bench.record((recorder) => {
    globalNorm(recorder, {
      gradients: pages.map(({ views }) => views.gradients),
      maxNorm: settings.maxNorm,
      sums: bench.output(normBlocks(lengths)),
      clip,
      state,
      ring,
      width: 2,
      column: 1,
    });
    for (const { views } of pages) adamw(recorder, settings, { state, clip, ...views });
  });
  return { pages, state, clip, ring, program };
}

async function check(bench: Bench, lengths: readonly number[], settings: AdamWSettings, scale = 1): Promise<void> {
  const { pages, state, clip, ring, program } = await setUp(bench, lengths, settings);
  const norms = padded([], 16);
  for (let t = 1; t <= 5; t++) {
    const lr = 0.01 / t;
    const gradients = pages.map(({ length }, page) => singles(length, 100 * t + page, scale));
    pages.forEach(({ views }, page) => bench.gpu.write(views.gradients, gradients[page]!));
    bench.gpu.write(state, stepState(t, lr, settings, t));
    program.run();
    const norm = normReference(gradients);
    const coefficient = clipCoefficient(norm, settings.maxNorm);
    norms[t * 2 + 1] = norm;
    const { beta1, beta2, eps, weightDecay: weight_decay } = settings;
    pages.forEach(({ reference }, page) =>
      adamwStep(reference, gradients[page]!, { lr, beta1, beta2, eps, weight_decay }, t, coefficient),
    );
    await bench.close(`clip of step ${t}`, clip, [coefficient], tolerance);
  }
  await bench.close('norms', ring, norms, tolerance);
  for (const { reference, views } of pages) {
    await bench.close('weights', views.weights, reference.parameter, tolerance);
    await bench.close('first moments', views.first, reference.m, tolerance);
    await bench.close('second moments', views.second, reference.v, tolerance);
  }
}

describe('global norm and AdamW', () => {
  testKernel('one page of 5', (bench) => check(bench, [5], defaults));
  testKernel('pages of 4097, 61 and 12289', (bench) => check(bench, [4097, 61, 12_289], defaults));
  testKernel('gradients below the clip', (bench) => check(bench, [65, 129], defaults, 0.01));
  testKernel('no clip, no decay, another beta', (bench) =>
    check(bench, [129, 17], { ...defaults, maxNorm: Infinity, weightDecay: 0, beta2: 0.95 }),
  );
  testKernel('more blocks than a workgroup has invocations', (bench) => check(bench, [64 * 4096 + 3], defaults));

  testKernel('gradients of zero change nothing but by decay', async (bench) => {
    const settings = { ...defaults, maxNorm: Infinity };
    const { pages, state, clip, program } = await setUp(bench, [17], settings);
    bench.gpu.write(state, stepState(0, 0.5, settings, 1));
    program.run();
    await bench.close('clip', clip, [1], { atol: 0, rtol: 0 });
    const { views, reference } = pages[0]!;
    await bench.close(
      'weights',
      views.weights,
      reference.parameter.map((w) => w * (1 - 0.5 * 0.01)),
      tolerance,
    );
  });

  testKernel('the global norm has the same bits again', async (bench) => {
    const { pages, ring, program } = await setUp(bench, [12_289, 4097], defaults);
    pages.forEach(({ views, length }, page) => bench.gpu.write(views.gradients, singles(length, page)));
    program.run();
    const first = bitsOf(await bench.read(ring));
    program.run(2);
    expect(bitsOf(await bench.read(ring))).toEqual(first);
  });
});
