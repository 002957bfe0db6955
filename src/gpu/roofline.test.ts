import { describe, expect, it } from 'vitest';
import { DEVICES } from './devices';
import { boundOf, judged, peakGflops, stepBound } from './roofline';

/** 4 cores of 32 lanes at 1 GHz: 256 GFLOP/s; 100 GB/s, of which a core gets 50. */
const device = {
  name: 'a device',
  vendor: '',
  cores: 4,
  lanes: 32,
  gigahertz: 1,
  gigabytes: 100,
  coreBytes: 50,
  sharedBytes: 64,
  launch: 5,
  sources: [],
};
const nothing = { flops: 0, bytes: 0, workgroups: 4, invocations: 32 };

describe('the bound of a dispatch', () => {
  it('is its arithmetic at the peak where all cores are full', () => {
    expect(boundOf(device, { ...nothing, flops: 256e6 })).toEqual({ total: 1005, ideal: 1000, limit: 'compute' });
  });

  it('is that of the core with most workgroups: one alone, and a fifth on four cores', () => {
    expect(boundOf(device, { ...nothing, flops: 256e6, workgroups: 1 }).total).toBe(4005);
    expect(boundOf(device, { ...nothing, flops: 256e6, workgroups: 5 }).total).toBeCloseTo(2 * 4 * 200 + 5, 9);
  });

  it('leaves lanes idle that a small workgroup does not fill, unless others share its core', () => {
    expect(boundOf(device, { ...nothing, flops: 256e6, invocations: 8 }).total).toBe(4005);
    expect(boundOf(device, { ...nothing, flops: 256e6, invocations: 8, workgroups: 16 }).total).toBe(1005);
  });

  it('is its bytes at the full bandwidth, or at what the cores that take part can get', () => {
    expect(boundOf(device, { ...nothing, bytes: 100e6 })).toEqual({ total: 1005, ideal: 1000, limit: 'memory' });
    expect(boundOf(device, { ...nothing, bytes: 100e6, workgroups: 1 })).toMatchObject({ total: 2005, ideal: 1000 });
  });

  it('is what passes through workgroup memory, where that takes longest', () => {
    const bound = boundOf(device, { ...nothing, flops: 1e6, shared: 256e6 });
    expect(bound).toMatchObject({ total: 1005, limit: 'workgroup memory' });
  });

  it('is hardly more than the launch of what has hardly anything to do', () => {
    expect(boundOf(device, { ...nothing, flops: 100 })).toMatchObject({ limit: 'launch' });
  });
});

describe('the bound of a step', () => {
  const dispatch = { program: 'p', kernel: 'matmul_tiled', ...nothing, flops: 256e6, times: 1 };

  it('adds up its dispatches, and names those that leave cores idle', () => {
    const waiting = { ...dispatch, rounds: 7 };
    const all = judged(device, [waiting, { ...dispatch, kernel: 'norm', workgroups: 1, times: 2 }, waiting]);
    expect(all.map(({ kernel, dispatches }) => [kernel, dispatches])).toEqual([
      ['norm', 2],
      ['matmul_tiled', 2],
    ]);
    const step = stepBound(device, all);
    expect(step).toMatchObject({
      dispatches: 4,
      flops: 4 * 256e6,
      launch: 20,
      rounds: 14,
      total: 2 * 1005 + 2 * 4005,
      ideal: 4000,
    });
    expect(step.products?.ofPeakWithoutLaunch).toBeCloseTo(1, 12);
    expect(step.products?.ofPeak).toBeCloseTo(1000 / 1005, 12);
    expect(step.idle).toEqual([{ kernel: 'norm', workgroups: 1, share: 4005 / step.total }]);
  });
});

it('every named device has its figures’ sources, and the peak that its maker gives', () => {
  for (const { sources } of Object.values(DEVICES)) expect(sources.length).toBeGreaterThan(1);
  expect(peakGflops(DEVICES.m2)).toBeCloseTo(3579, 0);
  expect(peakGflops(DEVICES['rtx-4070'])).toBeCloseTo(29_146, 0);
  expect(peakGflops(DEVICES.h100)).toBeCloseTo(66_908, 0);
});
