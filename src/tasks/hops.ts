import { InputError } from '../lib/errors';
import { mix32 } from '../lib/hash';
import { pick } from './kin/splits';
import type { HopVerdict, TraceVerdict } from './task';

/**
 * Marks a completion against a gold trace, hop by hop.
 * @param hopsOf a trace cut into its hops; joined by spaces they are the trace again.
 * @param isTrue whether a hop is true by itself, after what the completion wrote before it.
 */
export function judgeHops(
  trace: string,
  completion: string,
  specials: { embed: string; pad: string },
  hopsOf: (words: readonly string[]) => string[],
  isTrue: (hop: string, before: readonly string[]) => boolean,
): TraceVerdict {
  const open = (completion.split(specials.embed)[0] ?? '').replaceAll(specials.pad, ' ');
  const written = hopsOf(words(open));
  const gold = hopsOf(words(trace));
  const hops = Array.from({ length: Math.max(written.length, gold.length) }, (_, i): HopVerdict => {
    const text = written[i] ?? '';
    const expected = gold[i] ?? '';
    return { text, expected, right: text === expected, fact: text !== '' && isTrue(text, written.slice(0, i)) };
  });
  return { exact: hops.every(({ right }) => right), hops };
}

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

/** The special tokens and mode words that every task's vocabulary starts with. */
export const SPECIALS = { pad: '<pad>', unknown: '<unk>', filler: '<filler>', embed: '<|embed_token|>' };
export const MODE_WORDS = { think: '<think>', direct: '<direct>' };

/** Special tokens, a task's texts, then the words of its instructions; each word once. */
export function vocabularyOf(texts: readonly string[], instructions: { query: string; document: string }): string[] {
  const { pad, unknown, filler, embed } = SPECIALS;
  const said = [...texts, instructions.query, instructions.document].flatMap(words);
  return [...new Set([pad, unknown, MODE_WORDS.think, MODE_WORDS.direct, filler, embed, ...said])];
}

/** How texts are compared: in lower case, names as they are typed. */
export const plain = (text: string): string => text.toLowerCase().replaceAll('_', ' ').replace(/\s+/g, ' ').trim();

/** The list in an order that the key decides; a stable choice of any length. */
export function shuffled<T>(list: readonly T[], key: number): T[] {
  return list
    .map((item, i) => ({ item, rank: mix32(key, i) }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ item }) => item);
}

/** Of the order in which queries get a trace. */
const TRACED = 21;

/**
 * Which training queries of a depth the supervised stage may see written out: `traces_per_depth` of them, or all. The others
 * are for stage 2, which needs no trace.
 */
export class TracedQueries<T> {
  private readonly known: ReadonlySet<string> | null;
  /** Those that have a trace, in an order of the seed's; where all have one, all as they came. */
  readonly list: readonly T[];

  /** @param keyOf what tells queries apart. */
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

  /** Whether some go without. */
  get isLimited(): boolean {
    return this.known !== null;
  }

  /** Of a training query. */
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
