import { expect, test, vi } from 'vitest';
import { RehearsedGpu } from '../../gpu/rehearsed';
import { InputError } from '../../lib/errors';
import { tuneOnce } from './tune-once';

const shapes = [{ kind: 'forward', rows: 33, inner: 17, columns: 65 }] as const;
const options = () => ({ shapes, timing: { leastMs: 0, rounds: 1 }, keep: vi.fn(() => 'a path'), notice: vi.fn() });

test('a GPU is tuned once, and the result is kept', async () => {
  const gpu = new RehearsedGpu('apple');
  const told = options();
  await tuneOnce(gpu, told);
  const { tuning } = gpu;
  expect(tuning?.shapes).toHaveLength(1);
  expect(told.keep).toHaveBeenCalledExactlyOnceWith(gpu.adapter, tuning);
  expect(told.notice).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/^timing the tiles .* on this GPU/));
  await tuneOnce(gpu, told);
  expect([gpu.tuning, told.keep.mock.calls.length]).toEqual([tuning, 1]);
});

test('a CPU adapter is not tuned', async () => {
  const gpu = new RehearsedGpu('apple');
  Object.assign(gpu.adapter, { software: true });
  const told = options();
  await tuneOnce(gpu, told);
  expect([gpu.tuning, told.notice.mock.calls]).toEqual([null, []]);
});

test('a tuning that cannot be kept is used, and the reason is said', async () => {
  const gpu = new RehearsedGpu('apple');
  const told = options();
  told.keep.mockImplementation(() => {
    throw new InputError('tuning: read-only, expected a folder that can be written');
  });
  await tuneOnce(gpu, told);
  expect(gpu.tuning?.shapes).toHaveLength(1);
  expect(told.notice).toHaveBeenLastCalledWith('tuning: read-only, expected a folder that can be written');
});
