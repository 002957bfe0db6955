import { describe, expect, it } from 'vitest';
import type { KernelProfile, StageProfile } from '../records/profile';
import { kernelLines, memoryLines } from './profile';

const kernel = (name: string, milliseconds: number | null): KernelProfile => ({
  kernel: name,
  dispatches: 2,
  flops: 6e6,
  bytes: 0,
  milliseconds,
});
const stage = (kernels: KernelProfile[]): StageProfile => ({
  stage: 'sft',
  milliseconds: 10,
  tokens: 5,
  dispatches: 4,
  kernels,
  memory: [
    { owner: 'a', bytes: 3 },
    { owner: 'b', bytes: 2 },
    { owner: 'c', bytes: 1 },
  ],
});

describe('a profile', () => {
  it('has rates of each kernel’s own time, and its share of all', () => {
    expect(kernelLines(stage([kernel('a', 3), kernel('b', 1)]))).toEqual([
      { kernel: 'a', dispatches: 2, milliseconds: 3, share: 0.75, gflops: 2, gigabytes: null },
      { kernel: 'b', dispatches: 2, milliseconds: 1, share: 0.25, gflops: 6, gigabytes: null },
    ]);
  });

  it('has neither times nor rates where the adapter tells none', () => {
    expect(kernelLines(stage([kernel('a', null)]))).toEqual([
      { kernel: 'a', dispatches: 2, milliseconds: null, share: null, gflops: null, gigabytes: null },
    ]);
  });

  it('lists twelve kernels and the rest as one, and so of memory', () => {
    const lines = kernelLines(stage(Array.from({ length: 15 }, (_, i) => kernel(`k${i}`, 1))));
    expect(lines).toHaveLength(13);
    expect(lines.at(-1)).toMatchObject({ kernel: '3 others', dispatches: 6, milliseconds: 3, gflops: 6 });
    expect(memoryLines(stage([]), 1)).toEqual([
      { owner: 'a', bytes: 3 },
      { owner: '2 others', bytes: 3 },
    ]);
  });
});
