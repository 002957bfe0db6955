import type { Session } from '../../config/session';
import type { Gpu } from '../../gpu/gpu';
import { InputError } from '../../lib/errors';
import type { SessionSpeed } from '../../records/records';
import type { TaskData } from '../../tasks/task-data';
import { measureSession } from '../../training/measure';

/** Measures sessions on a device of its own, one at a time. */
export class Measuring {
  private isCancelled = false;
  private going: Promise<unknown> = Promise.resolve();

  constructor(
    private readonly dataOf: (session: Session) => Promise<TaskData>,
    private readonly openGpu: () => Promise<Gpu>,
  ) {}

  /** @returns null where it was cancelled. @throws InputError where a run has the device. */
  async measure(session: Session, isTaken: boolean): Promise<SessionSpeed | null> {
    if (isTaken) throw new InputError('a run is open on this device: stop it first');
    await this.cancel();
    this.isCancelled = false;
    const measured = this.alone(session);
    this.going = measured.catch(() => undefined);
    return measured;
  }

  /** Resolves once the device is free again. */
  async cancel(): Promise<void> {
    this.isCancelled = true;
    await this.going;
  }

  private async alone(session: Session): Promise<SessionSpeed | null> {
    const data = await this.dataOf(session).catch((error: unknown) => {
      if (this.isCancelled) return null;
      throw error;
    });
    if (!data) return null;
    const gpu = await this.openGpu();
    try {
      return await measureSession(gpu, session, data, () => this.isCancelled);
    } finally {
      gpu.destroy();
    }
  }
}
