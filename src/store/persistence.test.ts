import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { askAtFirstRun, askToKeep, readPersistence } from './persistence';
import { usePreferences } from './preferences';
import { useRuns } from './runs';

const persist = vi.fn(() => Promise.resolve(true));

function browser(storage: unknown): void {
  vi.stubGlobal('navigator', { storage });
}

beforeEach(() => {
  usePreferences.getState().change({ askedToKeep: false });
  useRuns.setState({ persisted: null });
  persist.mockClear();
});
afterEach(() => vi.unstubAllGlobals());

it('the first run that is kept asks the browser not to evict it, once', async () => {
  browser({ persisted: () => Promise.resolve(false), persist });
  await askAtFirstRun();
  expect(useRuns.getState().persisted).toBe(true);
  await askAtFirstRun();
  expect(persist).toHaveBeenCalledTimes(1);
});

it('a browser that keeps it already is not asked', async () => {
  browser({ persisted: () => Promise.resolve(true), persist });
  await askAtFirstRun();
  expect(useRuns.getState().persisted).toBe(true);
  expect(persist).not.toHaveBeenCalled();
});

it('a refusal, a browser without it and one that fails are told as they are', async () => {
  browser({ persisted: () => Promise.resolve(false), persist: () => Promise.resolve(false) });
  await askAtFirstRun();
  expect(useRuns.getState().persisted).toBe(false);
  browser({});
  await readPersistence();
  expect(useRuns.getState().persisted).toBeNull();
  browser({ persist: () => Promise.reject(new Error('not here')) });
  await askToKeep();
  expect(useRuns.getState().persisted).toBeNull();
});
