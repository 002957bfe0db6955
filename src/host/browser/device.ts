import type { Session } from '../../config/session';
import { untunable } from '../../kernels/matmul/kept-tuning';
import { usualTile } from '../../kernels/matmul/tiles';
import { InputError } from '../../lib/errors';
import type { SelfTestResult } from '../../records/device';
import type { SessionProfile } from '../../records/profile';
import type { SessionSpeed } from '../../records/records';
import type { Tuning } from '../../records/tuning';
import type { SessionData } from '../../training/base';
import type { AdapterReport, SessionCost, TuningProgress, TuningReport } from './messages';
import type { Engine, EngineDevice } from './engine';
import type { TuningStore } from './tuning-store';
import { Turns } from './turns';
import type { Listener } from './wire';

export interface DeviceParts {
  engine: Engine;
  tunings: TuningStore;
  dataOf: (session: Session, signal: AbortSignal) => Promise<SessionData>;
  /** Whether a run uses the device, or is about to. */
  isTaken: () => boolean;
}

/**
 * Messages about the browser's device: what it offers, what sessions cost on it, how fast they are, and which tiles of
 * products are the fastest. Whatever is measured has a device of its own, one at a time.
 */
export class BrowserDevice {
  private readonly turns = new Turns();
  private measuring = new AbortController();
  private costing = new AbortController();
  private checking = new AbortController();
  private profiling = new AbortController();
  private tuning = new AbortController();

  constructor(private readonly parts: DeviceParts) {}

  /** Describes the adapter. @throws GpuUnavailableError with a reason where there is none. */
  adapter(): Promise<AdapterReport> {
    return this.parts.engine.adapter();
  }

  /** Parameters, memory and steps of a session, without running it. */
  async cost(session: Session): Promise<SessionCost> {
    this.costing.abort();
    this.costing = new AbortController();
    return this.parts.engine.cost(session, await this.parts.dataOf(session, this.costing.signal));
  }

  /** Runs about a second of the session's steps and throws them away; null where it was cancelled. @throws InputError where a run has the device. */
  measure(session: Session): Promise<SessionSpeed | null> {
    if (this.parts.isTaken()) return Promise.reject(new InputError('a run is open on this device: stop it first'));
    this.measuring.abort();
    const { signal } = (this.measuring = new AbortController());
    const measure = (device: EngineDevice, data: SessionData) => device.measure(session, data, () => signal.aborted);
    return this.turns.take(() => (signal.aborted ? Promise.resolve(null) : this.alone(session, signal, measure)));
  }

  /** Times the kernels of a step of each of the session's stages; null where it was cancelled. @throws InputError where a run has the device. */
  profile(session: Session): Promise<SessionProfile | null> {
    return this.unlessTaken('profiling', (signal) =>
      this.alone(session, signal, (device, data) => device.profile(session, data, () => signal.aborted)),
    );
  }

  /** Cancels `profile`; resolves once its device is released. */
  cancelProfile(): Promise<void> {
    return this.cancelled(this.profiling);
  }

  /** Cancels `measure`; resolves once its device is released. */
  cancelMeasure(): Promise<void> {
    return this.cancelled(this.measuring);
  }

  /**
   * Tests the engine against its f64 reference on this device, some seconds.
   * @param tell receives the result of each case.
   * @returns number of cases; null where it was cancelled.
   * @throws InputError where a run has the device.
   */
  check(tell: Listener<SelfTestResult>): Promise<number | null> {
    return this.unlessTaken('checking', (signal) => this.checked(tell, signal));
  }

  /** Cancels `check`; resolves once its device is released. */
  cancelCheck(): Promise<void> {
    return this.cancelled(this.checking);
  }

  /** What is kept of the tiles of products on this adapter. @throws GpuUnavailableError where there is none. */
  async tuned(): Promise<TuningReport> {
    const adapter = await this.parts.engine.adapter();
    let notice: string | null = null;
    const tuning = await this.parts.tunings.read(adapter, (why) => (notice = why));
    const usual = tuning?.shapes.map((shape) => usualTile(adapter, shape)) ?? [];
    return { untunable: untunable(adapter), tuning, usual, notice };
  }

  /**
   * Times the tiles of products, about three seconds, and keeps the result for every device that is opened later.
   * @param tell receives the shapes that are done.
   * @returns what is kept then; null where it was cancelled, and what was kept before stays.
   * @throws InputError where a run has the device, or the adapter has nothing to tune.
   */
  tune(tell: Listener<TuningProgress>): Promise<TuningReport | null> {
    return this.unlessTaken('tuning', (signal) => this.tunedNow(tell, signal));
  }

  /** Cancels `tune`; resolves once its device is released. */
  cancelTune(): Promise<void> {
    return this.cancelled(this.tuning);
  }

  /** Keeps a tuning of this adapter again that was forgotten. */
  async keepTuning(tuning: Tuning): Promise<void> {
    await this.parts.tunings.keep(await this.parts.engine.adapter(), tuning);
  }

  /** Forgets what is kept of this adapter's tiles: devices that are opened later choose them without. */
  async forgetTuning(): Promise<void> {
    await this.parts.tunings.remove(await this.parts.engine.adapter());
  }

  /** Cancels whatever uses the device; resolves once it is released. */
  clear(): Promise<void> {
    this.checking.abort();
    this.profiling.abort();
    this.tuning.abort();
    return this.cancelMeasure();
  }

  private async checked(tell: Listener<SelfTestResult>, signal: AbortSignal): Promise<number | null> {
    const device = await this.parts.engine.open();
    try {
      return await device.check(tell, () => signal.aborted);
    } finally {
      tell.close?.();
      device.destroy();
    }
  }

  /** Uses the device in its turn, in the place of an earlier use of that kind. @returns null where it was cancelled before. */
  private unlessTaken<T>(
    kind: 'checking' | 'profiling' | 'tuning',
    use: (signal: AbortSignal) => Promise<T | null>,
  ): Promise<T | null> {
    if (this.parts.isTaken()) return Promise.reject(new InputError('a run is open on this device: stop it first'));
    this[kind].abort();
    const { signal } = (this[kind] = new AbortController());
    return this.turns.take(() => (signal.aborted ? Promise.resolve(null) : use(signal)));
  }

  /** Cancels a use of the device; resolves once it is released. */
  private cancelled(use: AbortController): Promise<void> {
    use.abort();
    return this.turns.take(() => Promise.resolve());
  }

  private async tunedNow(tell: Listener<TuningProgress>, signal: AbortSignal): Promise<TuningReport | null> {
    try {
      const adapter = await this.parts.engine.adapter();
      const why = untunable(adapter);
      if (why !== null) throw new InputError(`nothing to tune on this adapter: ${why}, expected a GPU`);
      const device = await this.parts.engine.open();
      let tuning: Tuning | null;
      try {
        tuning = await device.tune(
          (done, of) => tell({ done, of }),
          () => signal.aborted,
        );
      } finally {
        device.destroy();
      }
      if (!tuning || signal.aborted) return null;
      await this.parts.tunings.keep(adapter, tuning);
      return await this.tuned();
    } finally {
      tell.close?.();
    }
  }

  /** Opens a device for `use` alone, with the data that the session is built from. */
  private async alone<T>(
    session: Session,
    signal: AbortSignal,
    use: (device: EngineDevice, data: SessionData) => Promise<T | null>,
  ): Promise<T | null> {
    const data = await this.parts.dataOf(session, signal).catch((error: unknown) => {
      if (signal.aborted) return null;
      throw error;
    });
    if (!data || signal.aborted) return null;
    const device = await this.parts.engine.open();
    try {
      return await use(device, data);
    } finally {
      device.destroy();
    }
  }
}
