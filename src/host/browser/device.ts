import type { Session } from '../../config/session';
import { InputError } from '../../lib/errors';
import type { SelfTestResult } from '../../records/device';
import type { SessionProfile } from '../../records/profile';
import type { SessionSpeed } from '../../records/records';
import type { SessionData } from '../../training/base';
import type { AdapterReport, SessionCost } from './messages';
import type { Engine, EngineDevice } from './engine';
import { Turns } from './turns';
import type { Listener } from './wire';

export interface DeviceParts {
  engine: Engine;
  dataOf: (session: Session, signal: AbortSignal) => Promise<SessionData>;
  /** Whether a run uses the device, or is about to. */
  isTaken: () => boolean;
}

/**
 * Messages about the browser's device: what it offers, what sessions cost on it, and how fast they are. Sessions are
 * measured on a device of their own, one at a time.
 */
export class BrowserDevice {
  private readonly turns = new Turns();
  private measuring = new AbortController();
  private costing = new AbortController();
  private checking = new AbortController();
  private profiling = new AbortController();

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
    if (this.parts.isTaken()) return Promise.reject(new InputError('a run is open on this device: stop it first'));
    this.profiling.abort();
    const { signal } = (this.profiling = new AbortController());
    const profile = (device: EngineDevice, data: SessionData) => device.profile(session, data, () => signal.aborted);
    return this.turns.take(() => (signal.aborted ? Promise.resolve(null) : this.alone(session, signal, profile)));
  }

  /** Cancels `profile`; resolves once its device is released. */
  cancelProfile(): Promise<void> {
    this.profiling.abort();
    return this.turns.take(() => Promise.resolve());
  }

  /** Cancels `measure`; resolves once its device is released. */
  cancelMeasure(): Promise<void> {
    this.measuring.abort();
    return this.turns.take(() => Promise.resolve());
  }

  /**
   * Tests the engine against its f64 reference on this device, some seconds.
   * @param tell receives the result of each case.
   * @returns number of cases; null where it was cancelled.
   * @throws InputError where a run has the device.
   */
  check(tell: Listener<SelfTestResult>): Promise<number | null> {
    if (this.parts.isTaken()) return Promise.reject(new InputError('a run is open on this device: stop it first'));
    this.checking.abort();
    const { signal } = (this.checking = new AbortController());
    return this.turns.take(() => (signal.aborted ? Promise.resolve(null) : this.checked(tell, signal)));
  }

  /** Cancels `check`; resolves once its device is released. */
  cancelCheck(): Promise<void> {
    this.checking.abort();
    return this.turns.take(() => Promise.resolve());
  }

  /** Cancels whatever uses the device; resolves once it is released. */
  clear(): Promise<void> {
    this.checking.abort();
    this.profiling.abort();
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
