/** Who writes a run: one worker at a time, of whatever tab. */
export interface RunLocks {
  /**
   * @param wait ends the waiting for whoever holds it; without, there is none.
   * @returns lets go; null where somebody else holds it.
   */
  take(run: string, wait?: AbortSignal): Promise<(() => void) | null>;
  /** Resolves once nobody holds it any more; rejects when `signal` aborts. */
  free(run: string, signal?: AbortSignal): Promise<void>;
  /** Runs that somebody holds, this worker included. */
  held(): Promise<ReadonlySet<string>>;
}

const PREFIX = 'search-r3-lab/run/';

/** The browser releases a lock when its worker or tab ends, however it ends. */
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

/** For a store that nobody else can reach. */
export class OwnLocks implements RunLocks {
  /** Runs that are held, each with what resolves when it is released. */
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
