import type { DeviceFigures } from './devices';
import type { Rehearsed } from './rehearsed';

/** Why a dispatch can be no faster: arithmetic, memory, workgroup memory, or that there is hardly anything to do. */
export type Limit = 'launch' | 'compute' | 'memory' | 'workgroup memory';

/** The time that a device needs for a dispatch at best, in microseconds. */
export interface Bound {
  /** Launch and the slowest of the rest. */
  total: number;
  /** All arithmetic at the device's peak or all bytes at its full bandwidth, whichever takes longer, and no launch. */
  ideal: number;
  limit: Limit;
}

/** Floating-point operations a second, in 10⁹. */
export const peakGflops = ({ cores, lanes, gigahertz }: DeviceFigures): number => 2 * cores * lanes * gigahertz;

/**
 * The roofline of one dispatch (Williams, Waterman and Patterson, 2009), where as few cores take part as it has workgroups: the
 * core with most of them decides. A workgroup of fewer invocations than a core has lanes leaves lanes idle, unless more of them
 * share the core.
 */
export function boundOf(
  device: DeviceFigures,
  { flops, bytes, shared = 0, workgroups, invocations }: Omit<Rehearsed, 'program' | 'kernel' | 'times'>,
): Bound {
  const { cores, lanes, gigahertz, gigabytes, coreBytes, sharedBytes, launch } = device;
  const busy = Math.max(1, Math.min(cores, workgroups));
  const most = Math.max(1, Math.ceil(workgroups / cores));
  const share = most / Math.max(1, workgroups);
  const filled = Math.min(1, (most * invocations) / lanes);
  const parts = {
    compute: (flops * share) / (2 * lanes * filled * gigahertz * 1e3),
    memory: bytes / (Math.min(gigabytes, busy * coreBytes * gigahertz) * 1e3),
    'workgroup memory': (shared * share) / (sharedBytes * gigahertz * 1e3),
  };
  const slowest = Math.max(...Object.values(parts));
  const limits = ['compute', 'memory', 'workgroup memory'] as const;
  const limit = slowest < launch ? 'launch' : limits.find((name) => parts[name] === slowest)!;
  const ideal = Math.max(flops / (peakGflops(device) * 1e3), bytes / (gigabytes * 1e3));
  return { total: launch + slowest, ideal, limit };
}

export interface Judged extends Rehearsed {
  /** Dispatches that are alike: the same kernel, work and workgroups. */
  dispatches: number;
  /** The bound of one dispatch, in microseconds. */
  bound: Bound;
}

/** Dispatches that are alike as one, those first that waste most. */
export function judged(device: DeviceFigures, dispatches: readonly Rehearsed[]): Judged[] {
  const alike = new Map<string, Judged>();
  for (const dispatch of dispatches) {
    const { kernel, workgroups, invocations, flops, bytes, rounds, times } = dispatch;
    const key = [dispatch.program, kernel, workgroups, invocations, flops, bytes, rounds].join(' ');
    const known = alike.get(key);
    if (known) known.dispatches += times;
    else alike.set(key, { ...dispatch, dispatches: times, bound: boundOf(device, dispatch) });
  }
  const waste = ({ bound, dispatches: count }: Judged): number => count * (bound.total - bound.ideal);
  return [...alike.values()].sort((a, b) => waste(b) - waste(a));
}

/** A step on a device. Times in microseconds. */
export interface StepBound {
  dispatches: number;
  flops: number;
  bytes: number;
  total: number;
  ideal: number;
  launch: number;
  /**
   * Number of loads that wait for one another: in each dispatch those of the workgroup with most, added up. A bound
   * does not cover them.
   */
  rounds: number;
  /**
   * For the matrix products: operations a second that their bounds allow, as a share of the device's peak, with and
   * without launches.
   */
  products: { ofPeak: number; ofPeakWithoutLaunch: number } | null;
  /** Kernels of which one dispatch alone takes more than 5% of the step with fewer workgroups than the device has cores. */
  idle: { kernel: string; workgroups: number; share: number }[];
}

const SMALL_SHARE = 0.05;

export function stepBound(device: DeviceFigures, dispatches: readonly Judged[]): StepBound {
  const sum = (of: (judged: Judged) => number, among = dispatches): number =>
    among.reduce((total, entry) => total + entry.dispatches * of(entry), 0);
  const total = sum(({ bound }) => bound.total);
  const products = dispatches.filter(({ kernel }) => kernel.startsWith('matmul'));
  const atPeak = sum(({ flops }) => flops, products) / (peakGflops(device) * 1e3);
  const taken = sum(({ bound }) => bound.total, products);
  const launched = sum(() => device.launch, products);
  return {
    dispatches: sum(() => 1),
    flops: sum(({ flops }) => flops),
    bytes: sum(({ bytes }) => bytes),
    total,
    ideal: sum(({ bound }) => bound.ideal),
    launch: sum(() => device.launch),
    rounds: sum(({ rounds = 0 }) => rounds),
    products:
      products.length === 0 ? null : { ofPeak: atPeak / taken, ofPeakWithoutLaunch: atPeak / (taken - launched) },
    idle: dispatches
      .map(({ kernel, workgroups, bound }) => ({ kernel, workgroups, share: bound.total / total }))
      .filter(({ workgroups, share }) => workgroups < device.cores && share > SMALL_SHARE),
  };
}
