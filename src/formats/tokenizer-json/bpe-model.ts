import { MergeQueue } from '../../tokenizer/merge-queue';
import { InputError } from '../../lib/errors';
import { quote } from '../json';
import { byteTokens } from './characters';
import { asList, type Component } from './component';
import type { TokenModel } from './token-model';
import { vocabularyOf } from './vocabulary';

/** Pieces whose tokens are remembered; beyond that the memory begins again. */
const REMEMBERED = 50_000;
const LONGEST_REMEMBERED = 64;

/** Which pairs of tokens become one, and when. */
interface Merges {
  /** The merge's index in the list, by `left * SPAN + right`. */
  ranks: ReadonlyMap<number, number>;
  /** The token that each merge makes, by the merge's index. */
  made: readonly number[];
}

/** More than any id. */
const SPAN = 2 ** 24;

/**
 * Byte-pair encoding. Characters that are no tokens fall back to their bytes, become the unknown token, or are left out,
 * as the model's settings say; then the pair that was learnt earliest is merged first, and of those the leftmost.
 */
export function bpeModel(component: Component): TokenModel {
  const ids = vocabularyOf(component);
  const dropout = component.json['dropout'] ?? 0;
  if (dropout !== 0) component.refuse(`dropout is ${quote(dropout)}`, 'no dropout, which draws at random');
  const prefix = component.stringOrNull('continuing_subword_prefix') ?? '';
  const suffix = component.stringOrNull('end_of_word_suffix') ?? '';
  const merges = mergesOf(component, ids, prefix);
  const characters = charactersOf(component, ids, prefix, suffix);
  const takesWhole = component.boolean('ignore_merges', false);
  const remembered = new Map<string, readonly number[]>();
  return {
    ids,
    tokenize(piece) {
      if (piece === '') return [];
      const whole = takesWhole ? ids.get(piece) : undefined;
      if (whole !== undefined) return [whole];
      const known = remembered.get(piece);
      if (known) return [...known];
      const found = merged(characters(piece), merges);
      if (piece.length <= LONGEST_REMEMBERED) {
        if (remembered.size >= REMEMBERED) remembered.clear();
        remembered.set(piece, found);
      }
      return [...found];
    },
  };
}

function mergesOf(component: Component, ids: ReadonlyMap<string, number>, prefix: string): Merges {
  const ranks = new Map<number, number>();
  const made = component.list('merges').map((merge, rank) => {
    const [left, right, ...rest]: readonly unknown[] = typeof merge === 'string' ? merge.split(' ') : asList(merge);
    if (typeof left !== 'string' || typeof right !== 'string' || rest.length > 0) {
      return component.refuse(`merges[${rank}] is ${quote(merge)}`, 'pairs of tokens there');
    }
    const [first, second, both] = [left, right, left + right.slice(prefix.length)].map((token) => {
      return ids.get(token) ?? component.refuse(`merges[${rank}] needs ${quote(token)}`, 'it in its vocabulary');
    });
    ranks.set(first! * SPAN + second!, rank);
    return both!;
  });
  return { ranks, made };
}

/** A piece's characters as tokens, before any merge. */
function charactersOf(
  component: Component,
  ids: ReadonlyMap<string, number>,
  prefix: string,
  suffix: string,
): (piece: string) => number[] {
  const fallsBack = component.boolean('byte_fallback', false);
  const fuses = component.boolean('fuse_unk', false);
  const unk = component.stringOrNull('unk_token');
  const unknown = (character: string): number => {
    const id = unk === null ? undefined : ids.get(unk);
    if (id !== undefined) return id;
    throw new InputError(
      `text: ${quote(character)} is not in the vocabulary, expected it or the unknown token ${quote(unk)}`,
    );
  };
  return (piece) => {
    const characters = Array.from(piece);
    const found: number[] = [];
    // Unknown characters wait for the next known one, and bytes overtake them: so it is in Python.
    let waiting: number | null = null;
    characters.forEach((character, at) => {
      const token = (at > 0 ? prefix : '') + character + (at === characters.length - 1 ? suffix : '');
      const id = ids.get(token);
      if (id !== undefined) {
        if (waiting !== null) found.push(waiting);
        waiting = null;
        found.push(id);
        return;
      }
      const bytes = fallsBack ? byteTokens(token).map((byte) => ids.get(byte)) : [undefined];
      if (bytes.every((byte) => byte !== undefined)) {
        found.push(...bytes);
      } else if (unk !== null) {
        if (waiting !== null && !fuses) found.push(waiting);
        waiting ??= unknown(character);
      }
    });
    if (waiting !== null) found.push(waiting);
    return found;
  };
}

/** Merges neighbours by a queue, in a time that grows with the length and not with its square. */
function merged(tokens: readonly number[], { ranks, made }: Merges): number[] {
  if (tokens.length < 2) return [...tokens];
  const found = Int32Array.from(tokens);
  const next = Int32Array.from(tokens, (_, i) => (i + 1 < tokens.length ? i + 1 : -1));
  const before = Int32Array.from(tokens, (_, i) => i - 1);
  const queue = new MergeQueue();
  const rankAt = (left: number): number | undefined =>
    left < 0 || next[left]! < 0 ? undefined : ranks.get(found[left]! * SPAN + found[next[left]!]!);
  const add = (left: number): void => {
    const rank = rankAt(left);
    // The queue gives the largest count first, and of equal ones the smaller key.
    if (rank !== undefined) queue.push(left, -rank);
  };
  for (let i = 0; i < tokens.length; i++) add(i);
  for (let pair = queue.pop(); pair; pair = queue.pop()) {
    const left = pair.key;
    // What was queued may have been merged otherwise since.
    if (found[left]! < 0 || rankAt(left) !== -pair.count) continue;
    const right = next[left]!;
    found[left] = made[-pair.count]!;
    found[right] = -1;
    const after = next[right]!;
    next[left] = after;
    next[right] = -1;
    if (after >= 0) before[after] = left;
    add(before[left]!);
    add(left);
  }
  return Array.from(found).filter((id) => id >= 0);
}
