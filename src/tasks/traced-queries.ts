import { InputError } from '../lib/errors';
import { mix32 } from '../lib/hash';
import { pick, shuffled } from './choices';

/** The stream of the order in which queries get a trace. */
const TRACED = 21;

/**
 * Which training queries of a depth the supervised stage may see written out: `traces_per_depth` of them, or all. The others
 * are for stage 2, which needs no trace.
 */
export class TracedQueries<T> {
  private readonly known: ReadonlySet<string> | null;
  /** The queries with a trace, in an order by the seed; where all have one, in their own order. */
  readonly list: readonly T[];

  /** @param keyOf a key that differs for every query. */
  constructor(
    all: readonly T[],
    limit: number,
    seed: number,
    private readonly keyOf: (query: T) => string,
  ) {
    const isLimited = limit < all.length;
    this.list = isLimited ? shuffled(all, mix32(seed, TRACED)).slice(0, limit) : all;
    this.known = isLimited ? new Set(this.list.map(keyOf)) : null;
  }

  /** Whether some queries have no trace. */
  get isLimited(): boolean {
    return this.known !== null;
  }

  /** Whether a training query has a trace. */
  has(query: T): boolean {
    return this.known === null || this.known.has(this.keyOf(query));
  }

  /** @throws InputError where none has a trace. */
  draw(task: string, u: () => number): T {
    const drawn = this.list[pick(u, this.list.length)];
    if (drawn === undefined) throw new InputError(`${task}: traces_per_depth is 0, expected 1 or more to supervise`);
    return drawn;
  }
}
