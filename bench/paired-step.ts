/**
 * One side of `paired`: trains a session in this process; each message is a number of steps, its answer what they took.
 * Bundled once for each of the two trees, so it uses nothing but what both have.
 */
import { parseSession } from '../src/config/parse-session';
import { openGpu } from '../src/host/node/gpu';
import { NO_DATA } from '../src/tasks/task-data';
import { SessionRun } from '../src/training/session-run';

let dispatches = 0;
const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

/** Counts what goes to the GPU from here on; the same cost on both sides. */
function countDispatches(): void {
  const pass: unknown = Reflect.get(globalThis, 'GPUComputePassEncoder');
  if (typeof pass !== 'function') return;
  const prototype: unknown = pass.prototype;
  if (!isRecord(prototype)) return;
  for (const name of ['dispatchWorkgroups', 'dispatchWorkgroupsIndirect']) {
    const original: unknown = prototype[name];
    if (typeof original !== 'function') continue;
    prototype[name] = function (this: unknown, ...args: unknown[]): unknown {
      dispatches += 1;
      const result: unknown = Reflect.apply(original, this, args);
      return result;
    };
  }
}

const rollouts: number[] = [];
let run: SessionRun | null = null;

async function begin(overrides: unknown): Promise<number> {
  const begun = performance.now();
  const gpu = await openGpu();
  countDispatches();
  run = new SessionRun(
    gpu,
    parseSession(overrides),
    {
      metrics: (lines) => {
        for (const line of lines) {
          const seconds: unknown = Object.entries(line).find(([key]) => key === 'time/rollout')?.[1];
          if (typeof seconds === 'number') rollouts.push(1000 * seconds);
        }
      },
      evaluation: () => undefined,
      dev: () => undefined,
      traces: () => undefined,
      graph: () => undefined,
      graphStart: () => undefined,
      checkpoint: () => Promise.resolve(),
    },
    NO_DATA,
  );
  await run.advance(1);
  return performance.now() - begun;
}

/**
 * Runs some steps. @returns milliseconds of the clock and of the CPU, dispatches, and the rollouts' milliseconds of all
 * of them.
 */
async function steps(count: number): Promise<Record<string, number>> {
  if (!run) throw new Error('steps before the beginning');
  dispatches = 0;
  rollouts.length = 0;
  const until = run.step + count;
  const cpu = process.cpuUsage();
  const begun = performance.now();
  while (run.step < until) await run.advance(until - run.step);
  const clock = performance.now() - begun;
  const used = process.cpuUsage(cpu);
  const rollout = rollouts.reduce((sum, ms) => sum + ms, 0);
  return { clock, cpu: (used.user + used.system) / 1000, dispatches, rollout };
}

process.on('message', (message: unknown) => {
  if (!isRecord(message)) return;
  const answer =
    'begin' in message ? begin(message['begin']).then((first) => ({ first })) : steps(Number(message['steps']));
  answer.then(
    (found) => process.send?.(found),
    (error: unknown) => process.send?.({ error: error instanceof Error ? error.message : 'unknown' }),
  );
});
