import { InputError } from '../../lib/errors';

/** Settings with which a graph is built and searched, under HNSW's names. */
export interface GraphSettings {
  /** Number of out-edges that a node chooses for itself; with the edges back that other nodes add, at most 2m. */
  m: number;
  /** Width of the search that finds a node's candidates. */
  ef_construction: number;
  /** Width of a query's search; `k` where that is more. */
  ef: number;
  /** Factor of the diversity rule: 1 is HNSW's, more keeps longer links, as Vamana does. */
  alpha: number;
  /** Spread rows that every search compares its query with first, as a multiple of √N; at least one. */
  entry_factor: number;
}

export const GRAPH_DEFAULTS: GraphSettings = {
  m: 16,
  ef_construction: 100,
  ef: 64,
  alpha: 1.2,
  entry_factor: 2,
};

/** Checks the settings. @throws InputError that names the wrong one. */
export function checkGraphSettings(settings: GraphSettings): void {
  const whole = (name: 'm' | 'ef_construction' | 'ef', low: number, high: number): void => {
    const value = settings[name];
    if (!Number.isInteger(value) || value < low || value > high) {
      throw new InputError(`graph.${name} is ${value}, expected a whole number from ${low} to ${high}`);
    }
  };
  whole('m', 2, 128);
  whole('ef_construction', 1, 4096);
  whole('ef', 1, 4096);
  if (!(settings.alpha >= 1 && settings.alpha <= 4)) {
    throw new InputError(`graph.alpha is ${settings.alpha}, expected a number from 1 to 4`);
  }
  if (!(settings.entry_factor >= 0 && settings.entry_factor <= 16)) {
    throw new InputError(`graph.entry_factor is ${settings.entry_factor}, expected a number from 0 to 16`);
  }
}
