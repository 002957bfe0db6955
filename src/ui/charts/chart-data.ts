import type { Aligned } from '../../view/decimate';

export interface ChartSeries {
  label: string;
  /** A custom property. */
  color: string;
  dash?: number[];
  /** Written at the line's end. */
  endLabel?: string;
  /** Named at its end and in the legend after it has ended too: a run that was shorter than the others. */
  stays?: boolean;
  width?: number;
  points?: boolean;
  /** Columns of the data that bound a band around this series, and are not drawn themselves. */
  band?: { low: number; high: number };
}

/** The data of a chart. `columns[i]` belongs to `series[i]`; those of bands follow after them. */
export interface ChartData {
  series: readonly ChartSeries[];
  data: Aligned;
  /** The values before smoothing, each drawn faintly behind its line: on the steps of `data`. */
  raw?: readonly Float64Array[];
  /** The undecimated values behind the table and the CSV. */
  full: { header: readonly string[]; columns: readonly Float64Array[] };
}
