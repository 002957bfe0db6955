// Measures how long an adapter works on a machine that does other things too.
import { readdirSync, readFileSync } from 'node:fs';
import type { Gpu } from '../src/gpu/gpu';

/** CPU milliseconds of every thread but the main one, which polls for promises. */
function workerMilliseconds(): number {
  let nanoseconds = 0;
  for (const thread of readdirSync('/proc/self/task')) {
    if (Number(thread) === process.pid) continue;
    try {
      nanoseconds += Number(readFileSync(`/proc/self/task/${thread}/schedstat`, 'utf8').split(' ')[0]);
    } catch {
      // It ended meanwhile.
    }
  }
  return nanoseconds / 1e6;
}

/** Milliseconds that `run` takes the adapter: of its threads where it is this machine's CPU, else until it is idle. */
export async function measure(gpu: Gpu, run: () => void): Promise<number> {
  const now = gpu.adapter.software ? workerMilliseconds : () => performance.now();
  const start = now();
  run();
  await gpu.idle();
  return now() - start;
}
