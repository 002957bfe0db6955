import { InputError } from '../lib/errors';
import { BYTE_CHARACTERS, fromCharacters, normalise, words } from './byte-level';
import type { BpeMerges } from './learn-bpe';

/** Words whose tokens are remembered; beyond that the memory begins anew. */
const REMEMBERED = 50_000;

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
    for (;;) {
      let best = Infinity;
      let at = -1;
      for (let i = 1; i < parts.length; i++) {
        const rank = this.ranks.get(`${parts[i - 1]!} ${parts[i]!}`) ?? Infinity;
        if (rank < best) {
          best = rank;
          at = i;
        }
      }
      if (at < 0) return parts;
      parts.splice(at - 1, 2, parts[at - 1]! + parts[at]!);
    }
  }
}

const escape = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
