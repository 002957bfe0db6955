import type { Refresh } from './history';

/**
 * The phases of a refresh, in the order in which they happen; each takes one unit of the playhead, from 0 to
 * `PHASES.length`.
 */
export const PHASES = [
  { id: 'search', label: 'Search' },
  { id: 'encode', label: 'Re-encode' },
  { id: 'compensate', label: 'Compensate' },
  { id: 'link', label: 'Re-link' },
  { id: 'again', label: 'Search again' },
  { id: 'score', label: 'Score' },
] as const;
export const END = PHASES.length;

/** The phase at the playhead; the last one at the end. */
export const phaseAt = (playhead: number): number => Math.min(END - 1, Math.max(0, Math.floor(playhead)));

/** Strengths of what is drawn at a place of the playhead, each from 0 to 1. */
export interface Motion {
  /** How far the re-encoded documents have moved towards their new places, and how far all others have. */
  region: number;
  rest: number;
  pulse: number;
  /** How much of the path is lit, and how strongly. */
  path: number;
  pathStrength: number;
  drift: number;
  /** The colour of removed edges, from an edge's to the removed one's, and their strength. */
  removedTint: number;
  removed: number;
  added: number;
  found: number;
  score: number;
}

const clamp = (x: number): number => Math.min(1, Math.max(0, x));
const smooth = (x: number): number => clamp(x) ** 2 * (3 - 2 * clamp(x));
/** A ramp from 0 at `from` to 1 at `to`. */
const ramp = (playhead: number, from: number, to: number): number => smooth((playhead - from) / (to - from));

export function motionAt(playhead: number): Motion {
  const p = playhead;
  return {
    region: ramp(p, 1.3, 1.95),
    rest: ramp(p, 2.05, 2.9),
    pulse: p > 1 && p < 2 ? Math.sin(Math.PI * clamp(p - 1)) : 0,
    path: clamp(p / 0.95),
    pathStrength: 1 - 0.65 * ramp(p, 1, 1.4),
    drift: ramp(p, 1.2, 1.6) * (1 - 0.3 * ramp(p, 2.9, 3.2)),
    removedTint: ramp(p, 3, 3.15),
    removed: 1 - 0.75 * ramp(p, 3.2, 3.9),
    added: ramp(p, 3.35, 3.8) * (1 - 0.65 * ramp(p, 4, 4.5)),
    found: ramp(p, 4, 4.9),
    score: ramp(p, 5, 5.3),
  };
}

export interface Budget {
  reencoded: number;
  compensated: number;
  untouched: number;
}

/** Number of documents by what a step did with them. */
export function budgetOf(
  { reencoded, compensated }: Pick<Refresh, 'reencoded' | 'compensated'>,
  documents: number,
): Budget {
  return {
    reencoded: reencoded.length,
    compensated: compensated.count,
    untouched: Math.max(0, documents - reencoded.length - compensated.count),
  };
}
