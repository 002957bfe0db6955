import { sha256 } from '../lib/hash';

/** Hexadecimal digits kept of each step's link of the chain: enough to find where two runs part. */
const STEP_DIGITS = 12;

const NOTHING = new Uint8Array(0);

/**
 * A hash chain over what a run computed: each step hashes the last link, the step's metrics exactly as they are written in
 * `metrics.jsonl` (without what depends on the clock), and its evidence. Equal fingerprints: the same bits in every step.
 */
export class Fingerprint {
  constructor(
    private chain = '',
    private readonly steps: string[] = [],
  ) {}

  /**
   * @param record of one step; keys that start with `time/` are left out.
   * @param evidence what else was computed in the step, as bytes.
   */
  add(record: Readonly<Record<string, unknown>>, evidence: Uint8Array = NOTHING): void {
    const timeless = Object.fromEntries(Object.entries(record).filter(([key]) => !key.startsWith('time/')));
    const text = new TextEncoder().encode(`${this.chain}\n${JSON.stringify(timeless)}\n`);
    const bytes = new Uint8Array(text.length + evidence.length);
    bytes.set(text);
    bytes.set(evidence, text.length);
    this.chain = sha256(bytes);
    this.steps.push(this.chain.slice(0, STEP_DIGITS));
  }

  get value(): string {
    return this.chain;
  }

  /** A link of the chain per step, from step 1. */
  get perStep(): readonly string[] {
    return this.steps;
  }
}

/** The contents of `fingerprint.json`. */
export interface FingerprintFile {
  fingerprint: string;
  /** See `config/numerics.ts`; absent in files of before it was kept. */
  numerics?: number;
  /** Short description of the adapter; absent likewise. */
  adapter?: string;
  steps: readonly string[];
}

/** The first step (from 1) in which two chains differ; null where one is a prefix of the other. */
export function firstDifference(a: readonly string[], b: readonly string[]): number | null {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) if (a[i] !== b[i]) return i + 1;
  return null;
}

/** The chain's link at a state, which names what was computed until there; '' where there is none. */
export const linkOf = (state: { fingerprint: { steps: readonly string[] } } | null): string =>
  state?.fingerprint.steps.at(-1) ?? '';
