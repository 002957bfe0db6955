/** The result of a run as the sender of its link claims it, not verified. */
export interface Claim {
  /** The fingerprint, or its first digits. */
  fingerprint: string;
  metrics: Readonly<Record<string, number>>;
  /** The adapter's name; empty where it was not given. */
  adapter: string;
  /** The fingerprint's links at a few steps on the way, see `marks.ts`. */
  marks?: string;
  /** See `config/numerics.ts`; absent for the first. */
  numerics?: number;
  /** Parts that its last steps were computed in; absent for one. */
  micro_batches?: number;
}
