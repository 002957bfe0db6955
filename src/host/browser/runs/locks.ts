/** Locks that let only one worker, of whatever tab, write a run. */
export interface RunLocks {
  /**
   * Takes a run's lock.
   * @param wait aborts the wait for the current holder; without it there is no wait.
   * @returns a function that releases it; null where it is held elsewhere.
   */
  take(run: string, wait?: AbortSignal): Promise<(() => void) | null>;
  /** Resolves once the run's lock is free; rejects when `signal` aborts. */
  free(run: string, signal?: AbortSignal): Promise<void>;
  /** Runs whose lock is held, by this worker too. */
  held(): Promise<ReadonlySet<string>>;
}

const PREFIX = 'search-r3-lab/run/';

/** Locks by the browser's Web Locks, which it releases when their worker or tab ends in any way. */
export class WebLocks implements RunLocks {
  /** @param prefix of the names of its locks. */
  constructor(private readonly prefix = PREFIX) {}

  take(run: string, wait?: AbortSignal): Promise<(() => void) | null> {
    return new Promise((resolve, reject) => {
      navigator.locks
        .request(this.prefix + run, wait ? { signal: wait } : { ifAvailable: true }, (lock) => {
          if (!lock) {
            resolve(null);
            return;
          }
          return new Promise<void>((release) => resolve(release));
        })
        .catch((error: unknown) => {
          if (wait?.aborted) resolve(null);
          else reject(error instanceof Error ? error : new Error(String(error)));
        });
    });
  }

  async free(run: string, signal?: AbortSignal): Promise<void> {
    await navigator.locks.request(this.prefix + run, signal ? { signal } : {}, () => undefined);
  }

  async held(): Promise<ReadonlySet<string>> {
    const { held = [] } = await navigator.locks.query();
    const names = held.flatMap(({ name = '' }) =>
      name.startsWith(this.prefix) ? [name.slice(this.prefix.length)] : [],
    );
    return new Set(names);
  }
}

/** Locks in memory, for a store that no other tab can reach. */
export class OwnLocks implements RunLocks {
  /** The held runs, each with a promise that resolves when it is released. */
  private readonly taken = new Map<string, Promise<void>>();

  take(run: string): Promise<(() => void) | null> {
    if (this.taken.has(run)) return Promise.resolve(null);
    return new Promise((taken) => {
      const free = new Promise<void>((resolve) => {
        taken(() => {
          this.taken.delete(run);
          resolve();
        });
      });
      this.taken.set(run, free);
    });
  }

  async free(run: string): Promise<void> {
    await this.taken.get(run);
  }

  held(): Promise<ReadonlySet<string>> {
    return Promise.resolve(new Set(this.taken.keys()));
  }
}
