import { describe, expect, it } from 'vitest';
import { Gpu } from './gpu';
import { plannedGpu } from './planned';

/** A queue like Firefox's: it notices finished work when something is submitted, or after 100 ms. */
function polled(nudges: boolean) {
  let submits = 0;
  let looks: (() => void)[] = [];
  const look = (): void => {
    const done = looks;
    looks = [];
    for (const tell of done) tell();
  };
  const { device, adapter } = plannedGpu();
  const gpu = new Gpu(
    {
      ...device,
      queue: {
        ...device.queue,
        submit: () => {
          submits++;
          // The work takes a few milliseconds: it is not done at the first look.
          if (submits >= 3) look();
        },
        onSubmittedWorkDone: () => new Promise((resolve) => looks.push(() => resolve(undefined))),
      },
    },
    adapter,
  );
  gpu.nudges = nudges;
  return { gpu, look, submits: () => submits };
}

describe('waiting for a queue that is only looked at when something is submitted', () => {
  it('nudges it until the result is there, and no longer', async () => {
    const { gpu, submits } = polled(true);
    await Promise.all([gpu.idle(), gpu.idle()]);
    expect(submits()).toBe(3);
    expect(gpu.counters.waits).toBe(1);
    await new Promise((resolve) => setTimeout(resolve, 20));
    expect(submits()).toBe(3);
    await gpu.idle();
    expect(gpu.counters.waits).toBe(2);
    expect(submits()).toBe(4);
  });

  it('is left alone elsewhere', async () => {
    const { gpu, look, submits } = polled(false);
    const done = gpu.idle();
    await new Promise((resolve) => setTimeout(resolve, 20));
    look();
    await done;
    expect(submits()).toBe(0);
  });
});
