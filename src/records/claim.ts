/** What the sender of a link says came out: nobody has verified it. */
export interface Claim {
  /** The fingerprint, or its first digits. */
  fingerprint: string;
  metrics: Readonly<Record<string, number>>;
  /** Empty where it was not named. */
  adapter: string;
  /** The fingerprint's links at a few steps on the way, see `marks.ts`. */
  marks?: string;
  /** See `config/numerics.ts`; absent for the first. */
  numerics?: number;
  /** Parts that its last steps were computed in; absent for one. */
  micro_batches?: number;
}
