import { readdirSync } from 'node:fs';
import { expect, it } from 'vitest';
import { readShader, shaderFolder } from '../../scripts/wgsl.mjs';
import type { View } from '../gpu/gpu';
import { Recorder } from '../gpu/recorder';
import { RehearsedGpu, type Rehearsed } from '../gpu/rehearsed';
import { leastLength, uniformAt } from '../gpu/shader';
import type { Noted } from '../gpu/call';
import { COUNT, countWords, liveRows, type KernelContext } from './rows';

/** Rows that hold data, of as many as the buffers hold; other odd sizes; and the vocabulary. */
export const [N, LIMIT, C, V] = [37, 64, 13, 29];
export const rows = liveRows(LIMIT, COUNT.TOKENS);
/** Whether a kernel reads a binding, writes it, or both. */
type Passed = 'r' | 'w' | 'rw';

interface Expected {
  /** Operations, counted by hand or by loops. */
  flops: number;
  /**
   * For kernels that touch all of their bindings: how often each binding passes. The bytes then follow from the shapes
   * in the WGSL and the live rows.
   */
  passed?: Readonly<Record<string, Passed>>;
  /** The bytes of the other kernels. */
  bytes?: number;
  workgroups?: number;
}

interface Made extends KernelContext {
  gpu: RehearsedGpu;
  recorder: Recorder;
  floats: (count: number) => View;
  words: (values: ArrayLike<number>) => View;
}

/** Records calls and runs them once. @returns what each did, in order, with what was noted of it. */
async function run(body: (made: Made) => void): Promise<{ done: Rehearsed[]; calls: readonly Noted[] }> {
  const gpu = new RehearsedGpu();
  const recorder = new Recorder(gpu, 'test');
  const counts = gpu.upload('counts', countWords({ TOKENS: N, DISTINCT: 11, QUERIES: 3, DOCUMENTS: 7 }));
  body({
    gpu,
    recorder,
    counts,
    floats: (count) => gpu.buffer('floats', count * 4),
    words: (values) => gpu.upload('words', Uint32Array.from(values)),
  });
  const program = await recorder.finish();
  program.run();
  return { done: gpu.take(), calls: program.calls };
}

export const shaders = readdirSync(shaderFolder, { recursive: true, encoding: 'utf8' }).filter(
  (path) => path.endsWith('.wgsl') && !path.startsWith('lib/') && !path.startsWith('view/'),
);
export const nameOf = (path: string): string => path.replace(/^.*\//, '').replace('.wgsl', '');
const pathOf = (kernel: string): string => shaders.find((path) => nameOf(path) === kernel)!;

/** Bytes of the bindings as the WGSL gives their shapes, each as often as it passes; rows are those that are live. */
function bytesOfShapes({ kernel, uniforms, constants }: Noted, passed: Readonly<Record<string, Passed>>): number {
  const { bindings } = readShader(pathOf(kernel)).shader;
  const live = (path: string): number => {
    const known = constants[path] ?? uniformAt(uniforms, path) ?? NaN;
    return /(^|\.)rows$/.test(path) && known === LIMIT ? N : known;
  };
  return Object.entries(passed).reduce((sum, [name, how]) => {
    const binding = bindings.find((declared) => declared.name === name)!;
    return sum + how.length * binding.bytes * leastLength(binding, live);
  }, 0);
}

/** The kernels whose work was checked. */
export const tried = new Set<string>();

export function check(name: string, body: (made: Made) => void, expected: Readonly<Record<string, Expected>>): void {
  it(name, async () => {
    const { done, calls } = await run(body);
    expect(done.map(({ kernel }) => kernel)).toEqual(Object.keys(expected).map((key) => key.replace(/ .*/, '')));
    Object.values(expected).forEach(({ flops, passed, bytes, workgroups }, i) => {
      const { kernel } = done[i]!;
      expect({ kernel, flops: done[i]!.flops }).toEqual({ kernel, flops });
      expect({ kernel, bytes: done[i]!.bytes }).toEqual({ kernel, bytes: bytes ?? bytesOfShapes(calls[i]!, passed!) });
      if (workgroups !== undefined) expect({ kernel, workgroups: done[i]!.workgroups }).toEqual({ kernel, workgroups });
    });
  });
  for (const key of Object.keys(expected)) tried.add(key.replace(/ .*/, ''));
}
