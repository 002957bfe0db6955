import { InputError } from '../../src/lib/errors';
import { drawing, mutated } from './mutate';
import type { Target } from './targets';

/** Milliseconds of the processor after which an input counts as a hang: other programs' work does not count. */
export const LONGEST = 1000;

export interface Fault {
  target: string;
  seed: number;
  what: string;
  input: Uint8Array;
}

export interface Found {
  target: string;
  inputs: number;
  /** The number of inputs that were accepted. */
  accepted: number;
  slowest: number;
  faults: Fault[];
}

/**
 * Reads spoilt files of one kind. Faults are whatever is not an `InputError` of one line, and what takes too long.
 * @param between called before each input.
 */
export async function fuzz(
  target: Target,
  inputs: number,
  seed: number,
  until = Infinity,
  between: (input: number) => void = () => undefined,
): Promise<Found> {
  const found: Found = { target: target.name, inputs: 0, accepted: 0, slowest: 0, faults: [] };
  for (let i = 0; i < inputs && performance.now() < until; i++) {
    between(i);
    const draw = drawing(seed * 1_000_003 + i);
    const input = (target.spoil ?? mutated)(target.seeds[draw(target.seeds.length)]!, target.seeds, draw);
    const { what, took } = await timed(target, input);
    found.inputs++;
    found.slowest = Math.max(found.slowest, took);
    if (what === null) found.accepted++;
    const fault = took > LONGEST ? `took ${Math.round(took)} ms` : what === null || what === '' ? null : what;
    if (fault !== null) found.faults.push({ target: target.name, seed: seed * 1_000_003 + i, what: fault, input });
  }
  return found;
}

/** Reads one input. @returns what went wrong, and the milliseconds of CPU time that it took. */
export async function timed(target: Target, input: Uint8Array): Promise<{ what: string | null; took: number }> {
  const started = process.cpuUsage();
  const what = await outcome(target, input);
  const { user, system } = process.cpuUsage(started);
  return { what, took: (user + system) / 1000 };
}

/** Reads one input. @returns null where it was read, `''` where it was refused as it should be, else what is wrong. */
async function outcome(target: Target, input: Uint8Array): Promise<string | null> {
  try {
    await target.read(input);
    return null;
  } catch (error) {
    if (!(error instanceof InputError)) return error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (!error.message.includes('expected') && !error.message.includes('cannot')) return `says ${error.message}`;
    return error.message.length > 1000 ? `says ${error.message.length} characters` : '';
  }
}
