import { InputError } from '../lib/errors';
import { BYTE_CHARACTERS, normalise, words } from './byte-level';
import { MergeQueue } from './merge-queue';

/** The merges of a byte-level BPE: the tokens of its merges follow the 256 bytes. */
export interface BpeMerges {
  /** Pairs of tokens in the order they are merged. */
  merges: readonly (readonly [left: string, right: string])[];
}

/** A pair that comes once says nothing about the next text. */
const LEAST_COUNT = 2;
/** Number of texts between two progress reports. */
const TEXTS_A_REPORT = 256;
const MERGES_A_REPORT = 64;

/** The progress of learning: texts read, then merges made. */
export interface BpeProgress {
  what: 'texts' | 'merges';
  done: number;
  of: number;
}

/**
 * Learns a byte-level BPE (Sennrich et al., 2016): repeatedly the pair of neighbours that is most frequent within words
 * becomes a token. Of several pairs, the one with the oldest tokens is taken, so the result depends on the texts' words
 * and their counts alone. Counts of pairs are kept from merge to merge; a merge touches only the words that hold it.
 * @param size of the vocabulary, without special tokens; it has fewer tokens where no pair comes twice.
 * @returns a generator that yields its progress and returns the merges: its caller can stop at any report.
 * @throws InputError for a size under 256, the bytes alone.
 */
export function* learnBpe(texts: Iterable<string>, size: number): Generator<BpeProgress, BpeMerges> {
  if (!Number.isInteger(size) || size < 256) {
    throw new InputError(`vocabulary: size ${size}, expected a whole number of at least 256, the bytes`);
  }
  const list = [...texts];
  const counts = new Map<string, number>();
  for (const [at, text] of list.entries()) {
    for (const word of words(normalise(text))) counts.set(word, (counts.get(word) ?? 0) + 1);
    if (at % TEXTS_A_REPORT === 0) yield { what: 'texts', done: at, of: list.length };
  }
  const learner = new Learner(counts);
  const wanted = size - 256;
  while (learner.merges.length < wanted && learner.merge()) {
    const { length } = learner.merges;
    if (length % MERGES_A_REPORT === 0) yield { what: 'merges', done: length, of: wanted };
  }
  return { merges: learner.merges };
}

/** A pair of token ids as one number: ids stay far below 2²⁰. */
const ID_LIMIT = 2 ** 20;
const pairKey = (left: number, right: number): number => left * ID_LIMIT + right;

class Learner {
  readonly merges: (readonly [string, string])[] = [];
  private readonly tokens: string[] = [...BYTE_CHARACTERS];
  private readonly ids = new Map(BYTE_CHARACTERS.map((character, id) => [character, id]));
  /** Distinct words as token ids, and how often each comes. */
  private readonly sequences: number[][] = [];
  private readonly frequency: number[] = [];
  private readonly counts = new Map<number, number>();
  /** Words that a pair may be in; those that it has left are found out when they are looked at. */
  private readonly holders = new Map<number, Set<number>>();
  private readonly queue = new MergeQueue();

  constructor(words: ReadonlyMap<string, number>) {
    for (const [word, frequency] of words) {
      const at = this.sequences.length;
      const ids = Array.from(word, (character) => this.ids.get(character)!);
      this.sequences.push(ids);
      this.frequency.push(frequency);
      for (let i = 1; i < ids.length; i++) this.add(ids[i - 1]!, ids[i]!, at, frequency);
    }
    for (const [key, count] of this.counts) this.queue.push(key, count);
  }

  private add(left: number, right: number, word: number, by: number): void {
    const key = pairKey(left, right);
    this.counts.set(key, (this.counts.get(key) ?? 0) + by);
    if (by <= 0) return;
    const holders = this.holders.get(key);
    if (holders) holders.add(word);
    else this.holders.set(key, new Set([word]));
  }

  /** Makes the next merge. @returns false where no pair comes often enough. */
  merge(): boolean {
    for (;;) {
      const best = this.queue.pop();
      if (!best || best.count < LEAST_COUNT) return false;
      const count = this.counts.get(best.key) ?? 0;
      // Counts fall after they were queued: the pair takes the place that it has now.
      if (count < best.count) {
        if (count >= LEAST_COUNT) this.queue.push(best.key, count);
        continue;
      }
      this.apply(best.key);
      return true;
    }
  }

  /** Id of a token: two merges may lead to the same one. */
  private token(text: string): number {
    const known = this.ids.get(text);
    if (known !== undefined) return known;
    this.ids.set(text, this.tokens.length);
    return this.tokens.push(text) - 1;
  }

  private apply(key: number): void {
    const left = Math.floor(key / ID_LIMIT);
    const right = key % ID_LIMIT;
    const merged = this.token(this.tokens[left]! + this.tokens[right]!);
    this.merges.push([this.tokens[left]!, this.tokens[right]!]);
    const grown = new Set<number>();
    for (const word of this.holders.get(key) ?? []) {
      const ids = this.sequences[word]!;
      const by = this.frequency[word]!;
      const next: number[] = [];
      let found = false;
      for (let i = 0; i < ids.length; i++) {
        if (ids[i] === left && ids[i + 1] === right) {
          next.push(merged);
          found = true;
          i++;
        } else next.push(ids[i]!);
      }
      if (!found) continue;
      for (let i = 1; i < ids.length; i++) this.add(ids[i - 1]!, ids[i]!, word, -by);
      for (let i = 1; i < next.length; i++) {
        this.add(next[i - 1]!, next[i]!, word, by);
        if (next[i - 1] === merged || next[i] === merged) grown.add(pairKey(next[i - 1]!, next[i]!));
      }
      this.sequences[word] = next;
    }
    this.counts.delete(key);
    this.holders.delete(key);
    for (const pair of grown) this.queue.push(pair, this.counts.get(pair)!);
  }
}
