import * as v from 'valibot';
import { COMPUTE, type Compute } from '../config/compute';

/** The kinds of products that are timed: a linear layer's passes, and a SwiGLU's two projections at once. */
const KINDS = ['forward', 'weight gradient', 'swiglu'] as const;
export type TimedKind = (typeof KINDS)[number];

/** A product (rows, inner) · (inner, columns), with the time of each tile that it was computed in. */
export interface TimedShape {
  kind: TimedKind;
  rows: number;
  inner: number;
  columns: number;
  /** What is multiplied; floats where absent. */
  compute?: Compute | undefined;
  /** Microseconds of one product by the tile's name, the median. */
  microseconds: Readonly<Record<string, number>>;
}

/** How long the tiles of products take on one adapter. All give the same bits, so that it decides speed alone. */
export interface Tuning {
  /** The adapter as it names itself; the description holds the driver's version where the adapter tells it. */
  adapter: { vendor: string; architecture: string; description: string };
  /** The day it was measured, YYYY-MM-DD. */
  date: string;
  /** The version of the kernels that were timed: the start of a hash of their texts. */
  kernels: string;
  shapes: readonly TimedShape[];
}

const size = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const time = v.pipe(v.number(), v.finite(), v.minValue(0));

export const tuningSchema: v.GenericSchema<unknown, Tuning> = v.object({
  adapter: v.object({ vendor: v.string(), architecture: v.string(), description: v.string() }),
  date: v.pipe(v.string(), v.isoDate()),
  kernels: v.string(),
  shapes: v.array(
    v.object({
      kind: v.picklist(KINDS),
      rows: size,
      inner: size,
      columns: size,
      compute: v.optional(v.picklist(COMPUTE)),
      microseconds: v.record(v.string(), time),
    }),
  ),
});
