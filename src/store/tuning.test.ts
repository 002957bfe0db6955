import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import type { LabClient, TuningReport } from '../host/browser/api';
import type { Tuning } from '../records/tuning';
import { IDLE, lastOf } from './asked';
import { lab } from './lab';
import { useToasts } from './toasts';
import { usePreferences } from './preferences';
import { useRun } from './run';
import { askTuning, forgetTuning, tuneDevice, tuneUnasked, useTuning } from './tuning';

const adapter = { vendor: 'intel', architecture: 'xe', description: '' };
const tuningOf = (date: string): Tuning => ({ adapter, date, kernels: '', shapes: [] });
const reportOf = (tuning: Tuning | null): TuningReport => ({ untunable: null, tuning, usual: [], notice: null });

type Device = LabClient['device'];
/** The tuning that the worker keeps, and the one that it measures next. */
let kept: Tuning | null = null;
/** Why there is none, where that is not that none was measured. */
let refused: Partial<TuningReport> = {};
const tune = vi.fn<Device['tune']>();
const device: Partial<Device> = {
  tuned: () => Promise.resolve({ ...reportOf(kept), ...refused }),
  tune,
  keepTuning: (tuning) => Promise.resolve(void (kept = tuning)),
  forgetTuning: () => Promise.resolve(void (kept = null)),
};
const runs: Partial<LabClient['runs']> = { list: () => Promise.resolve([]) };

const shown = () => lastOf(useTuning.getState().asked)?.tuning?.date ?? null;

beforeEach(() => {
  kept = null;
  refused = {};
  tune.mockReset();
  useTuning.setState({ asked: IDLE, progress: null });
  vi.spyOn(lab, 'ask').mockImplementation((question) => question({ device, runs } as LabClient));
  vi.spyOn(lab, 'askCost').mockImplementation(() => undefined);
});

test('shows how far a measurement is, and then what came of it', async () => {
  const seen: unknown[] = [];
  tune.mockImplementation((tell) => {
    tell({ done: 3, of: 10 });
    seen.push(useTuning.getState().progress);
    // Somebody comes back to the view meanwhile: what is kept is not read over it.
    void askTuning();
    kept = tuningOf('2026-12-01');
    setTimeout(() => tell({ done: 9, of: 10 }));
    return Promise.resolve(reportOf(kept));
  });
  await tuneDevice();
  await new Promise((resolve) => setTimeout(resolve, 2));
  expect(seen).toEqual([{ done: 3, of: 10 }]);
  expect([shown(), useTuning.getState().progress]).toEqual(['2026-12-01', null]);
});

test('one that is cancelled leaves what was shown, one that fails says why beside it', async () => {
  kept = tuningOf('2026-11-01');
  await askTuning();
  tune.mockResolvedValueOnce(null);
  await tuneDevice();
  expect(useTuning.getState().asked).toMatchObject({ state: 'answered' });
  tune.mockRejectedValueOnce(new Error('a run is open on this device'));
  await tuneDevice();
  expect(useTuning.getState().asked).toMatchObject({
    state: 'failed',
    error: { message: 'a run is open on this device' },
  });
  expect([shown(), useTuning.getState().progress]).toEqual(['2026-11-01', null]);
});

test('what is forgotten can be brought back', async () => {
  kept = tuningOf('2026-11-01');
  await askTuning();
  await forgetTuning(kept);
  expect([kept, shown()]).toEqual([null, null]);
  const toast = useToasts.getState().toasts.at(-1);
  expect(toast?.text).toBe('The tuning of this GPU was forgotten.');
  toast!.action!.run();
  await vi.waitFor(() => expect(shown()).toBe('2026-11-01'));
});

describe('unasked', () => {
  const measured = async (): Promise<number> => {
    tune.mockImplementation(() => Promise.resolve(reportOf((kept = tuningOf('2026-12-01')))));
    await tuneUnasked(0);
    return tune.mock.calls.length;
  };

  beforeEach(() => {
    vi.stubGlobal('document', { hidden: false });
    usePreferences.setState({ tunesUnasked: true });
    useRun.setState({ status: 'ready' }, true);
  });
  afterEach(() => vi.unstubAllGlobals());

  test('a GPU without a tuning is tuned once', async () => {
    expect([await measured(), shown()]).toEqual([1, '2026-12-01']);
    expect(await measured()).toBe(1);
  });

  test('none is where there is nothing to tune, or the page says why what is kept is not used', async () => {
    for (const one of [{ untunable: 'a CPU' }, { notice: 'the kernels have changed since' }]) {
      refused = one;
      expect(await measured()).toBe(0);
    }
  });

  test('none is where the page is busy or out of sight', async () => {
    vi.stubGlobal('document', { hidden: true });
    expect(await measured()).toBe(0);
    vi.stubGlobal('document', { hidden: false });
    const run = vi
      .spyOn(useRun, 'getState')
      .mockReturnValue({ status: 'running' } as ReturnType<typeof useRun.getState>);
    expect(await measured()).toBe(0);
    run.mockRestore();
  });

  test('none is after somebody forgot one, until one is asked for again', async () => {
    await forgetTuning(tuningOf('2026-11-01'));
    expect(await measured()).toBe(0);
    await tuneDevice();
    kept = null;
    expect(await measured()).toBe(2);
  });
});
