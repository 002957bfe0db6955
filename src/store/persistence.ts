import { usePreferences } from './preferences';
import { useRuns } from './runs';

/** The browser's storage manager; browsers lack it where the page is not served over HTTPS. */
const manager = (): Partial<StorageManager> => (navigator as Partial<Navigator>).storage ?? {};

/** Reads whether the browser has promised to keep this page's data, without asking for it. */
export async function readPersistence(): Promise<void> {
  useRuns.setState({
    persisted:
      (await manager()
        .persisted?.()
        .catch(() => null)) ?? null,
  });
}

/** Asks the browser to keep this page's data; some ask the user, some decide by themselves. */
export async function askToKeep(): Promise<void> {
  usePreferences.getState().change({ askedToKeep: true });
  useRuns.setState({
    persisted:
      (await manager()
        .persist?.()
        .catch(() => null)) ?? null,
  });
}

/** Asks the browser to keep this page's data when the first run is kept, once per browser. */
export async function askAtFirstRun(): Promise<void> {
  if (usePreferences.getState().askedToKeep) return;
  await readPersistence();
  if (useRuns.getState().persisted === false) await askToKeep();
}
