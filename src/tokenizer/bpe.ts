import { InputError } from '../lib/errors';
import { BYTE_CHARACTERS, fromCharacters, normalise, words } from './byte-level';
import type { BpeMerges } from './learn-bpe';
import { MergeQueue } from './merge-queue';

/** Words whose tokens are remembered; beyond that the memory begins again. */
const REMEMBERED = 50_000;
/** Letters from which on a queue is the quicker way. */
const LONG = 48;

/** A byte-level BPE: special tokens first, then the 256 bytes, then a token for each merge. */
export class Bpe {
  /** A token's place is its id. */
  readonly vocabulary: readonly string[];
  private readonly ids: ReadonlyMap<string, number>;
  /** Place of each merge by its pair. */
  private readonly ranks = new Map<string, number>();
  private readonly remembered = new Map<string, readonly number[]>();
  private readonly specialPattern: RegExp | null;

  /** @throws InputError for a special token that is empty, comes twice or is a token already. */
  constructor(
    readonly special: readonly string[],
    { merges }: BpeMerges,
  ) {
    // Two merges may lead to the same token.
    const learnt = new Set([...BYTE_CHARACTERS, ...merges.map(([left, right]) => left + right)]);
    this.vocabulary = [...special, ...learnt];
    this.ids = new Map(this.vocabulary.map((token, id) => [token, id]));
    const odd = special.find((token, at) => token === '' || this.ids.get(token) !== at);
    if (odd !== undefined) {
      throw new InputError(`vocabulary: special token ${JSON.stringify(odd)}, expected every token once`);
    }
    merges.forEach(([left, right], rank) => this.ranks.set(`${left} ${right}`, rank));
    // The longest first, as where one begins with another.
    const sorted = [...special].sort((a, b) => b.length - a.length);
    this.specialPattern = special.length > 0 ? new RegExp(`(${sorted.map(escape).join('|')})`, 'u') : null;
  }

  get merges(): (readonly [string, string])[] {
    return [...this.ranks.keys()].map((pair): readonly [string, string] => {
      const [left = '', right = ''] = pair.split(' ');
      return [left, right];
    });
  }

  /** Ids of a text. Special tokens that are written in it are taken as such. */
  encode(text: string): number[] {
    const sections = this.specialPattern ? text.split(this.specialPattern) : [text];
    return sections.flatMap((section, at) =>
      at % 2 === 1 ? [this.ids.get(section)!] : words(normalise(section)).flatMap((word) => this.wordIds(word)),
    );
  }

  /** Text of ids; special tokens stand as they are written. */
  decode(ids: readonly number[]): string {
    let text = '';
    let characters = '';
    for (const id of ids) {
      const token = this.vocabulary[id] ?? '';
      if (id < this.special.length) {
        text += fromCharacters(characters) + token;
        characters = '';
      } else characters += token;
    }
    return text + fromCharacters(characters);
  }

  private wordIds(word: string): readonly number[] {
    const known = this.remembered.get(word);
    if (known) return known;
    const ids = this.merge(Array.from(word)).map((token) => this.ids.get(token)!);
    if (this.remembered.size >= REMEMBERED) this.remembered.clear();
    this.remembered.set(word, ids);
    return ids;
  }

  /** Merges neighbours, the earliest learnt pair first and of those the leftmost, until no pair is known. */
  private merge(parts: string[]): string[] {
    return parts.length > LONG ? this.mergeLong(parts) : this.mergeShort(parts);
  }

  private rankOf(left: string, right: string): number {
    return this.ranks.get(`${left} ${right}`) ?? Infinity;
  }

  private mergeShort(parts: string[]): string[] {
    for (;;) {
      let best = Infinity;
      let at = -1;
      for (let i = 1; i < parts.length; i++) {
        const rank = this.rankOf(parts[i - 1]!, parts[i]!);
        if (rank < best) {
          best = rank;
          at = i;
        }
      }
      if (at < 0) return parts;
      parts.splice(at - 1, 2, parts[at - 1]! + parts[at]!);
    }
  }

  /** The same by a queue of pairs, so that a gene or an encoded file as one word takes no time that grows with its square. */
  private mergeLong(parts: string[]): string[] {
    const next = Int32Array.from(parts, (_, i) => (i + 1 < parts.length ? i + 1 : -1));
    const before = Int32Array.from(parts, (_, i) => i - 1);
    const isGone = new Uint8Array(parts.length);
    const queue = new MergeQueue();
    const add = (left: number): void => {
      if (left < 0 || next[left]! < 0) return;
      const rank = this.rankOf(parts[left]!, parts[next[left]!]!);
      // The queue gives the largest count first, and of equal ones the smaller key.
      if (rank < Infinity) queue.push(left, -rank);
    };
    for (let i = 0; i < parts.length; i++) add(i);
    for (let pair = queue.pop(); pair; pair = queue.pop()) {
      const left = pair.key;
      const right = isGone[left] ? -1 : next[left]!;
      // What was queued may have been merged otherwise since.
      if (right < 0 || this.rankOf(parts[left]!, parts[right]!) !== -pair.count) continue;
      parts[left] = parts[left]! + parts[right]!;
      isGone[right] = 1;
      const after = next[right]!;
      next[left] = after;
      if (after >= 0) before[after] = left;
      add(before[left]!);
      add(left);
    }
    return parts.filter((_, i) => !isGone[i]);
  }
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
