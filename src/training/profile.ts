import type { Session } from '../config/session';
import { planStages } from '../config/stages';
import type { Gpu } from '../gpu/gpu';
import { Profiler, type Timed } from '../gpu/profiler';
import type { KernelProfile, SessionProfile, StageProfile } from '../records/profile';
import type { StageName } from '../records/records';
import type { SessionData } from './base';
import { aloneForMeasure } from './measure';
import { SessionRun, type RunObserver } from './session-run';
import { SILENT } from './silent';

/** Steps before the one that is profiled: the first compiles, the second is timed as it usually runs. */
const WARM = 2;

/**
 * Measures where the time of a session's steps goes on this device: for each stage it times the dispatches of one step
 * one by one, on weights as they are drawn, and throws the step away. In stage 2 completions have the full length, as
 * in `measureSession`.
 * @param isCancelled called between steps.
 * @returns null where it was cancelled.
 */
export async function profileSession(
  gpu: Gpu,
  session: Session,
  { files, base }: SessionData,
  isCancelled: () => boolean,
): Promise<SessionProfile | null> {
  const stages: StageProfile[] = [];
  for (const { stage } of planStages(session)) {
    let tokens = 0;
    const metrics: RunObserver['metrics'] = (lines) => {
      tokens = Number(lines.at(-1)?.['tokens']);
    };
    const run = new SessionRun(gpu, aloneForMeasure(session, stage), { ...SILENT, metrics }, files, [], base);
    try {
      await run.load();
      for (let step = 0; step < WARM; step++) {
        // A message to cancel is only received between two tasks.
        await new Promise((resolve) => setTimeout(resolve));
        if (isCancelled()) return null;
        await run.advance(1);
      }
      const milliseconds = run.stepMilliseconds;
      const memory = gpu.held;
      const profiler = new Profiler(gpu);
      gpu.profiler = profiler;
      await run.advance(1);
      stages.push(stageProfile(stage, milliseconds, tokens, await profiler.take(), memory));
    } finally {
      gpu.profiler = null;
      run.destroy();
    }
  }
  return { timestamps: gpu.device.features.has('timestamp-query'), stages };
}

function stageProfile(
  stage: StageName,
  milliseconds: number,
  tokens: number,
  timed: readonly Timed[],
  memory: StageProfile['memory'],
): StageProfile {
  const kernels = new Map<string, KernelProfile>();
  for (const { kernel, times, flops, bytes, microseconds } of timed) {
    const sum = kernels.get(kernel) ?? { kernel, dispatches: 0, flops: 0, bytes: 0, milliseconds: null };
    sum.dispatches += times;
    sum.flops += flops * times;
    sum.bytes += bytes * times;
    if (microseconds !== null) sum.milliseconds = (sum.milliseconds ?? 0) + microseconds / 1000;
    kernels.set(kernel, sum);
  }
  const sorted = [...kernels.values()].sort(
    (a, b) => (b.milliseconds ?? 0) - (a.milliseconds ?? 0) || b.flops - a.flops || b.bytes - a.bytes,
  );
  const dispatches = sorted.reduce((sum, { dispatches: count }) => sum + count, 0);
  return { stage, milliseconds, tokens, dispatches, kernels: sorted, memory };
}
