/** One line of the benchmark of an adapter. */
export interface BenchmarkLine {
  what: string;
  /** Milliseconds of one, the median; null where this adapter could not do it. */
  milliseconds: number | null;
  /** The work done in a second at this time. */
  rate: { value: number; unit: string } | null;
  /** Why there is no figure. */
  reason?: string;
}
