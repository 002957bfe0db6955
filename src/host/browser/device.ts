import type { Session } from '../../config/session';
import type { Gpu } from '../../gpu/gpu';
import { InputError } from '../../lib/errors';
import type { SessionSpeed } from '../../records/records';
import type { TaskData } from '../../tasks/task-data';
import { sessionCost } from '../../training/cost';
import { measureSession } from '../../training/measure';
import { report } from './adapter';
import type { AdapterReport, DeviceApi, SessionCost } from './api';

export interface DeviceParts {
  requestAdapter: () => Promise<GPUAdapter>;
  openGpu: () => Promise<Gpu>;
  dataOf: (session: Session, signal: AbortSignal) => Promise<TaskData>;
  /** Whether a run computes. */
  isTaken: () => boolean;
}

/** What the browser offers, and what sessions cost on it. Sessions are measured on a device of their own, one at a time. */
export class Device implements DeviceApi {
  private going: Promise<unknown> = Promise.resolve();
  private measuring = new AbortController();
  private costing = new AbortController();

  constructor(private readonly parts: DeviceParts) {}

  async adapter(): Promise<AdapterReport> {
    return report(await this.parts.requestAdapter());
  }

  async cost(session: Session): Promise<SessionCost> {
    this.costing.abort();
    this.costing = new AbortController();
    return sessionCost(session, await this.parts.dataOf(session, this.costing.signal));
  }

  /** @throws InputError where a run has the device. */
  async measure(session: Session): Promise<SessionSpeed | null> {
    if (this.parts.isTaken()) throw new InputError('a run is open on this device: stop it first');
    await this.cancelMeasure();
    this.measuring = new AbortController();
    const measured = this.alone(session, this.measuring.signal);
    this.going = measured.catch(() => undefined);
    return measured;
  }

  /** Resolves once the device is free again. */
  async cancelMeasure(): Promise<void> {
    this.measuring.abort();
    await this.going;
  }

  private async alone(session: Session, signal: AbortSignal): Promise<SessionSpeed | null> {
    const data = await this.parts.dataOf(session, signal).catch((error: unknown) => {
      if (signal.aborted) return null;
      throw error;
    });
    if (!data) return null;
    const gpu = await this.parts.openGpu();
    try {
      return await measureSession(gpu, session, data, () => signal.aborted);
    } finally {
      gpu.destroy();
    }
  }
}
