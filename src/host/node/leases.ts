import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** The error where a lease went to another worker: its earlier holder must write nothing more. */
export class LeaseLostError extends Error {
  constructor(name: string) {
    super(`${name}: its lease was not renewed in time and went to another worker`);
  }
}

/**
 * Leases, by which processes that share only a folder divide work among them. A lease is a file `NAME.GENERATION`;
 * making the file of the next generation takes it over, and the file system lets only one process make a file. A lease
 * that its holder has not renewed for `lease` milliseconds by the watcher's own clock is free, so that the clocks of
 * different machines need not agree.
 */
export class Leases {
  /** The content of each lease when it was last read, and since when it is unchanged. */
  private readonly seen = new Map<string, { what: string; since: number }>();

  constructor(
    private readonly folder: string,
    private readonly worker: string,
    readonly lease: number,
  ) {
    mkdirSync(folder, { recursive: true });
  }

  private done(name: string): string {
    return join(this.folder, `${name}.done`);
  }

  isDone(name: string): boolean {
    return existsSync(this.done(name));
  }

  /** The last generation of a lease; 0 where it was never taken. */
  private generation(name: string): number {
    const found = readdirSync(this.folder).flatMap((file) => {
      const [, own, number] = /^(.+)\.(\d+)$/.exec(file) ?? [];
      return own === name ? [Number(number)] : [];
    });
    return Math.max(0, ...found);
  }

  /** Takes a lease. @returns null where another worker holds it, or its work is done. */
  take(name: string): HeldLease | null {
    if (this.isDone(name)) return null;
    const generation = this.generation(name);
    if (generation > 0 && !this.isFree(name, generation)) return null;
    const path = join(this.folder, `${name}.${generation + 1}`);
    try {
      writeFileSync(path, `${this.worker} 0\n`, { flag: 'wx' });
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return null;
      throw error;
    }
    // Done in between by whoever held it.
    if (this.isDone(name)) return null;
    const next = join(this.folder, `${name}.${generation + 2}`);
    return new HeldLease(name, path, next, this.done(name), this.worker, this.lease);
  }

  private isFree(name: string, generation: number): boolean {
    const path = join(this.folder, `${name}.${generation}`);
    if (!existsSync(path)) return false;
    const what = `${generation} ${readFileSync(path, 'utf8')}`;
    const now = performance.now();
    const before = this.seen.get(name);
    if (before?.what !== what) {
      this.seen.set(name, { what, since: now });
      return false;
    }
    return now - before.since >= this.lease;
  }
}

/** A lease that this process holds for as long as it renews it. */
export class HeldLease {
  private beats = 0;
  private renewed = performance.now();
  private readonly timer: ReturnType<typeof setInterval>;
  private isLost = false;

  constructor(
    readonly name: string,
    private readonly path: string,
    private readonly next: string,
    private readonly done: string,
    private readonly worker: string,
    private readonly lease: number,
  ) {
    this.timer = setInterval(() => {
      this.renew();
    }, lease / 4);
    this.timer.unref();
  }

  private renew(): void {
    this.isLost ||= existsSync(this.next);
    if (this.isLost) return;
    writeFileSync(`${this.path}.part`, `${this.worker} ${++this.beats}\n`);
    renameSync(`${this.path}.part`, this.path);
    this.renewed = performance.now();
  }

  /**
   * Checks, before every write, that the lease is still held.
   * @throws LeaseLostError where it is not, as after a sleep.
   */
  check(): void {
    if (performance.now() - this.renewed > this.lease / 4) this.renew();
    if (this.isLost || existsSync(this.next)) throw new LeaseLostError(this.name);
  }

  /** Marks the work as done, so that no worker takes it again. @throws LeaseLostError */
  finish(): void {
    this.check();
    try {
      writeFileSync(this.done, `${this.worker}\n`, { flag: 'wx' });
    } catch {
      throw new LeaseLostError(this.name);
    }
    this.release();
  }

  release(): void {
    clearInterval(this.timer);
  }
}
