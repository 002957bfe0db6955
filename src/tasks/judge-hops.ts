import { SPECIALS } from './special-tokens';
import type { HopVerdict, TraceVerdict } from './task';

/**
 * Marks a completion against a gold trace, hop by hop, up to its embed token.
 * @param hopsOf a trace cut into its hops; joined by spaces they are the trace again.
 * @param isTrue whether a hop is true by itself, after what the completion wrote before it.
 */
export function judgeHops(
  trace: string,
  completion: string,
  hopsOf: (words: readonly string[]) => string[],
  isTrue: (hop: string, before: readonly string[]) => boolean,
): TraceVerdict {
  const open = (completion.split(SPECIALS.embed)[0] ?? '').replaceAll(SPECIALS.pad, ' ');
  const written = hopsOf(words(open));
  const gold = hopsOf(words(trace));
  const hops = Array.from({ length: Math.max(written.length, gold.length) }, (_, i): HopVerdict => {
    const text = written[i] ?? '';
    const expected = gold[i] ?? '';
    return { text, expected, right: text === expected, fact: text !== '' && isTrue(text, written.slice(0, i)) };
  });
  return { exact: hops.every(({ right }) => right), hops };
}

/** A trace cut into hops of two words, a relation and what it leads to. */
export const inPairs = (words: readonly string[]): string[] =>
  Array.from({ length: Math.ceil(words.length / 2) }, (_, i) => words.slice(2 * i, 2 * i + 2).join(' '));

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');
