/** Compositions (e, r1 … rk) of Kin: which there are, which are held out, which the supervised stage may see. */
import { InputError } from '../../lib/errors';
import { mix32 } from '../../lib/hash';
import { pick } from '../choices';
import type { QuerySplit } from '../task';

/** An entity and the relations to follow from it, in order, all different. Indices, not words. */
export interface Composition {
  entity: number;
  relations: readonly number[];
}

export interface SplitSettings {
  /** Number of entities, at most 256, so that a composition of 6 hops fits in 32 bits. */
  entities: number;
  /** Number of relations, at most 16. */
  relations: number;
  /** The most hops of a query: at most 6, and at most `relations`. */
  max_depth: number;
  traces_per_depth: number;
  /** Share of the compositions of each depth from 2 that is held out; half is dev, half test. */
  held_out: number;
}

/** The purpose of a hash or an order, mixed into its seed: the choices must not depend on each other. */
const PURPOSE = { split: 1, supervised: 2, dev: 3, test: 4 } as const;
const DRAWS = 1000;

/**
 * The whole numbers of [0, n) in an order keyed by `key`, each once, without keeping them: a Feistel network permutes
 * [0, 4^h) ⊇ [0, n) (Luby and Rackoff, 1988), and numbers from n on are skipped. n is at most 2³².
 */
export function* keyedOrder(n: number, key: number): Generator<number> {
  let half = 1;
  while (4 ** half < n) half++;
  const mask = 2 ** half - 1;
  for (let i = 0; i < 4 ** half; i++) {
    let left = Math.floor(i / 2 ** half);
    let right = i % 2 ** half;
    for (let round = 0; round < 6; round++) {
      [left, right] = [right, left ^ (mix32(key, round, right) & mask)];
    }
    const x = left * 2 ** half + right;
    if (x < n) yield x;
  }
}

/** The compositions of one seed. All choices are stable: a larger list of the same seed begins with the smaller one. */
export class Compositions {
  /** The compositions with a trace, by depth; none at 0. */
  private readonly traced: Composition[][] = [[]];
  private readonly tracedCodes: Set<number>[] = [new Set()];
  private readonly fallback: Composition[] = [{ entity: 0, relations: [] }];

  /** @throws InputError when all compositions of a depth are held out, so that nothing is left to train on. */
  constructor(
    private readonly settings: SplitSettings,
    private readonly seed: number,
  ) {
    for (let depth = 1; depth <= settings.max_depth; depth++) {
      const kept = this.take(depth, 'supervised', 'train', Math.max(1, settings.traces_per_depth));
      const first = kept[0];
      if (first === undefined) {
        throw new InputError(
          `kin: with this seed all ${this.count(depth)} compositions of ${depth} hops are held out, expected more entities or relations, or a smaller held_out`,
        );
      }
      this.fallback.push(first);
      this.traced.push(settings.traces_per_depth === 0 ? [] : kept);
      this.tracedCodes.push(new Set(this.supervised(depth).map(code)));
    }
  }

  /** Number of compositions of `depth`. */
  count(depth: number): number {
    let n = this.settings.entities;
    for (let i = 0; i < depth; i++) n *= this.settings.relations - i;
    return n;
  }

  /**
   * The split of a composition, by a hash keyed by the seed. One hop is never held out: it is a fact, and facts are
   * learned.
   */
  splitOf(composition: Composition): QuerySplit {
    const depth = composition.relations.length;
    if (depth < 2) return 'train';
    const x = mix32(this.seed, PURPOSE.split, depth, code(composition)) * 2 ** -32;
    const share = this.settings.held_out;
    return x < share / 2 ? 'dev' : x < share ? 'test' : 'train';
  }

  /** The training compositions of `depth` that have a trace, at most `traces_per_depth`. */
  supervised(depth: number): readonly Composition[] {
    return this.traced[depth] ?? [];
  }

  isSupervised(composition: Composition): boolean {
    return this.tracedCodes[composition.relations.length]?.has(code(composition)) ?? false;
  }

  /** The first `limit` compositions of a held-out split; of one hop, which is never held out, any. */
  heldOut(depth: number, split: 'dev' | 'test', limit: number): Composition[] {
    if (depth > 1 && this.settings.held_out === 0) return [];
    return this.take(depth, split, depth === 1 ? 'train' : split, limit);
  }

  /** A training composition, each equally likely, by rejection. */
  draw(depth: number, u: () => number): Composition {
    for (let i = 0; i < DRAWS; i++) {
      const entity = pick(u, this.settings.entities);
      const left = Array.from({ length: this.settings.relations }, (_, r) => r);
      const relations = Array.from({ length: depth }, () => left.splice(pick(u, left.length), 1)).flat();
      const composition = { entity, relations };
      if (this.splitOf(composition) === 'train') return composition;
    }
    // Only uniforms that are not, or a split that leaves next to nothing, come here.
    return this.fallback[depth]!;
  }

  /** The first `limit` compositions of `split` in the order of `purpose`. */
  private take(depth: number, purpose: keyof typeof PURPOSE, split: QuerySplit, limit: number): Composition[] {
    const found: Composition[] = [];
    if (limit < 1) return found;
    for (const index of keyedOrder(this.count(depth), mix32(this.seed, PURPOSE[purpose], depth))) {
      const composition = this.at(depth, index);
      if (this.splitOf(composition) !== split) continue;
      found.push(composition);
      if (found.length === limit) break;
    }
    return found;
  }

  /** The composition with number `index` in [0, count(depth)): digits of falling base choose among the relations left. */
  private at(depth: number, index: number): Composition {
    const left = Array.from({ length: this.settings.relations }, (_, r) => r);
    const entity = index % this.settings.entities;
    let rest = Math.floor(index / this.settings.entities);
    const relations: number[] = [];
    for (let i = 0; i < depth; i++) {
      const base = left.length;
      relations.push(...left.splice(rest % base, 1));
      rest = Math.floor(rest / base);
    }
    return { entity, relations };
  }
}

/** The composition in 32 bits: 8 for the entity, 4 for each of up to 6 relations. Unique among those of one depth. */
function code({ entity, relations }: Composition): number {
  return relations.reduce((packed, r, i) => (packed | (r << (8 + 4 * i))) >>> 0, entity);
}
