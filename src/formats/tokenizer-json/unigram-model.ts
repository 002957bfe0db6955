import { InputError } from '../../lib/errors';
import { quote } from '../json';
import { byteTokens } from './characters';
import { asList, type Component } from './component';
import type { TokenModel } from './token-model';

/** The penalty of an unknown character beyond the rarest token, as in SentencePiece. */
const UNKNOWN_PENALTY = 10;

/** SentencePiece's unigram model: of all ways to cut a piece into tokens the likeliest, the sum of their scores. */
export function unigramModel(component: Component): TokenModel {
  const ids = new Map<string, number>();
  const scores = component.list('vocab').map((entry, id) => {
    const [token, score] = asList(entry);
    if (typeof token !== 'string' || typeof score !== 'number') {
      return component.refuse(`vocab[${id}] is ${quote(entry)}`, 'a token and its score there');
    }
    ids.set(token, id);
    return score;
  });
  const unk = (component.json['unk_id'] ?? null) === null ? null : component.integer('unk_id');
  if (unk !== null && unk >= scores.length) component.refuse(`unk_id is ${unk}`, 'one of its own tokens there');
  const fallsBack = component.boolean('byte_fallback', false);
  const lowest = scores.reduce((least, score) => Math.min(least, score), Infinity);
  const longest = [...ids.keys()].reduce((most, { length }) => Math.max(most, length), 1);
  const idsOf = (part: string): number[] => {
    const id = ids.get(part);
    if (id !== undefined) return [id];
    const bytes = fallsBack ? byteTokens(part).map((byte) => ids.get(byte)) : [undefined];
    if (bytes.every((byte) => byte !== undefined)) return bytes;
    if (unk !== null) return [unk];
    throw new InputError(`text: ${quote(part)} is not in the vocabulary, expected known characters`);
  };
  const score = (part: string): number | undefined => {
    const id = ids.get(part);
    return id === undefined ? undefined : scores[id];
  };
  return {
    ids,
    tokenize: (piece) => likeliest(piece, score, lowest - UNKNOWN_PENALTY, longest).flatMap(idsOf),
  };
}

/** The parts of the best way; unknown characters beside each other are one part. */
function likeliest(
  piece: string,
  score: (part: string) => number | undefined,
  unknownScore: number,
  longest: number,
): string[] {
  const best = new Float64Array(piece.length + 1).fill(-Infinity);
  const from = new Int32Array(piece.length + 1).fill(-1);
  const isUnknown = new Uint8Array(piece.length + 1);
  best[0] = 0;
  const offer = (start: number, end: number, value: number, unknown: boolean): void => {
    const total = best[start]! + value;
    if (from[end]! >= 0 && total <= best[end]!) return;
    best[end] = total;
    from[end] = start;
    isUnknown[end] = Number(unknown);
  };
  for (let start = 0; start < piece.length;) {
    const width = piece.codePointAt(start)! > 0xffff ? 2 : 1;
    let single = false;
    for (let end = start + width; end <= Math.min(piece.length, start + longest); end++) {
      const value = score(piece.slice(start, end));
      if (value === undefined) continue;
      offer(start, end, value, false);
      single ||= end === start + width;
    }
    if (!single) offer(start, start + width, unknownScore, true);
    start += width;
  }
  const parts: string[] = [];
  let joins = false;
  for (let end = piece.length; end > 0; end = from[end]!) {
    const part = piece.slice(from[end], end);
    if (joins && isUnknown[end]) parts[parts.length - 1] = part + parts[parts.length - 1]!;
    else parts.push(part);
    joins = isUnknown[end] === 1;
  }
  return parts.reverse();
}
