import { afterEach, beforeEach, expect, test, vi, type Mock } from 'vitest';
import { Gpu } from '../../gpu/gpu';
import { RehearsedGpu } from '../../gpu/rehearsed';
import { tuningName } from '../../kernels/matmul/kept-tuning';
import { alwaysTile } from '../../kernels/matmul/tuned.test-data';
import { GpuEngine } from './gpu-engine';
import { Lab } from './lab';
import { ModelStore } from './models/model-store';
import { writeFile } from './runs/files';
import { OwnLocks } from './runs/locks';
import { MemoryFolder } from './runs/memory-files';
import { RunStore } from './runs/run-store';
import { TuningStore } from './tuning-store';

const { adapter } = new RehearsedGpu('apple');
/** Devices of the engine, which compute nothing and note what they would. */
let opened: { gpu: RehearsedGpu; destroy: Mock }[] = [];

function setUp({ software = false, limits = { room: Infinity } } = {}) {
  const info = { ...adapter, isFallbackAdapter: software };
  const storage = { estimate: () => Promise.resolve({}) };
  const offered = { info, features: new Set(), limits: { maxBufferSize: 2 ** 28 } };
  vi.stubGlobal('navigator', { gpu: { requestAdapter: () => Promise.resolve(offered) }, userAgent: '', storage });
  const folder = new MemoryFolder(limits);
  const tunings = new TuningStore(Promise.resolve(folder));
  const engine = new GpuEngine(tunings);
  const store = Promise.resolve(new RunStore(new MemoryFolder(), new OwnLocks()));
  const lab = new Lab({ engine, store, models: ModelStore.open(), tunings, page: 'http://localhost/' });
  /** The tuning of a device that is opened now. */
  const tuningNow = async () => {
    (await engine.open()).destroy();
    return opened.at(-1)!.gpu.tuning;
  };
  return { lab, folder, tuningNow };
}

beforeEach(() => {
  opened = [];
  vi.spyOn(Gpu, 'create').mockImplementation(() => {
    const gpu = new RehearsedGpu('apple');
    opened.push({ gpu, destroy: vi.spyOn(gpu, 'destroy') });
    return Promise.resolve(gpu);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

test('a tuning is measured on a device of its own and kept for all that are opened later, until it is forgotten', async () => {
  const { lab, folder, tuningNow } = setUp();
  expect(await lab.device.tuned()).toEqual({ untunable: null, tuning: null, usual: [], notice: null });
  expect(await tuningNow()).toBeNull();
  const told: number[][] = [];
  const close = vi.fn();
  const report = await lab.device.tune(Object.assign(({ done, of }: { done: number; of: number }) => told.push([done, of]), { close })); // prettier-ignore
  expect(told[0]).toEqual([0, 10]);
  expect(told.at(-1)).toEqual([9, 10]);
  expect(close).toHaveBeenCalledOnce();
  expect(opened.at(-1)!.destroy).toHaveBeenCalledOnce();
  const { tuning, usual } = report!;
  expect(tuning!.shapes.length).toBeGreaterThan(0);
  expect(usual).toHaveLength(tuning!.shapes.length);
  for (const [at, { microseconds }] of tuning!.shapes.entries()) expect(microseconds).toHaveProperty(usual[at]!);
  expect([...(await folder.files()).keys()]).toEqual([tuningName(adapter)]);
  expect(await lab.device.tuned()).toEqual(report);
  expect(await tuningNow()).toEqual(tuning);
  expect((await lab.runs.storage()).kept.tunings).toBeGreaterThan(100);

  await lab.device.forgetTuning();
  expect(await lab.device.tuned()).toMatchObject({ tuning: null, notice: null });
  expect(await tuningNow()).toBeNull();
  await lab.device.keepTuning(tuning!);
  expect(await lab.device.tuned()).toEqual(report);
});

test('one that is cancelled, by a person or by a run that begins, leaves what was kept', async () => {
  const { lab, tuningNow } = setUp();
  const kept = alwaysTile(adapter, 16);
  await lab.device.keepTuning(kept);
  for (const cancel of [() => lab.device.cancelTune(), () => lab.device.clear()]) {
    const ended: Promise<void>[] = [];
    const told = vi.fn(({ done }: { done: number }) => {
      if (done === 2) ended.push(cancel());
    });
    expect(await lab.device.tune(told)).toBeNull();
    expect(told).toHaveBeenCalledTimes(3);
    await Promise.all(ended);
    expect(opened.at(-1)!.destroy).toHaveBeenCalledOnce();
    expect(await tuningNow()).toEqual(kept);
  }
});

test('a second one ends the first and takes its turn behind it', async () => {
  const { lab } = setUp();
  const [first, second] = await Promise.all([lab.device.tune(() => undefined), lab.device.tune(() => undefined)]);
  expect(first).toBeNull();
  expect(second!.tuning!.shapes.length).toBeGreaterThan(0);
});

test('nothing is timed beside a run, nor on the processor', async () => {
  const { lab } = setUp();
  vi.spyOn(lab.run, 'isTaken', 'get').mockReturnValue(true);
  await expect(lab.device.tune(() => undefined)).rejects.toThrow('a run is open on this device: stop it first');
  const software = setUp({ software: true }).lab;
  expect((await software.device.tuned()).untunable).toMatch(/^it computes on the processor/);
  await expect(software.device.tune(() => undefined)).rejects.toThrow(
    /^nothing to tune on this adapter: it computes on/,
  );
  expect(opened).toEqual([]);
});

test('a file that is damaged is not used and said so, until a tuning takes its place', async () => {
  const { lab, folder, tuningNow } = setUp();
  await writeFile(folder, tuningName(adapter), new TextEncoder().encode('{'));
  expect(await lab.device.tuned()).toMatchObject({
    tuning: null,
    notice: 'the tuning of this GPU is not used: its file is damaged; tune again',
  });
  expect(await tuningNow()).toBeNull();
  expect(await lab.device.tune(() => undefined)).toMatchObject({ notice: null });
});

test('one that there is no room for fails and does not count as kept', async () => {
  const { lab } = setUp({ limits: { room: 20 } });
  await expect(lab.device.tune(() => undefined)).rejects.toThrow('the memory is used up');
  expect((await lab.device.tuned()).tuning).toBeNull();
});
