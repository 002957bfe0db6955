import { usePreferences } from './preferences';
import { useRuns } from './runs';

/** Browsers lack it where the page is not served safely. */
const manager = (): Partial<StorageManager> => (navigator as Partial<Navigator>).storage ?? {};

/** Looks at what the browser has promised, without asking anything. */
export async function readPersistence(): Promise<void> {
  useRuns.setState({
    persisted:
      (await manager()
        .persisted?.()
        .catch(() => null)) ?? null,
  });
}

/** Asks the browser to keep what this page keeps; some ask the user, some decide by themselves. */
export async function askToKeep(): Promise<void> {
  usePreferences.getState().change({ askedToKeep: true });
  useRuns.setState({
    persisted:
      (await manager()
        .persist?.()
        .catch(() => null)) ?? null,
  });
}

/** Asks for it at the first run that is kept, once in a browser. */
export async function askAtFirstRun(): Promise<void> {
  if (usePreferences.getState().askedToKeep) return;
  await readPersistence();
  if (useRuns.getState().persisted === false) await askToKeep();
}
