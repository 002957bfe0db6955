import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bpeTokenizer } from '../formats/bpe-tokenizer';
import { Tokenizer } from '../formats/tokenizer';
import { drive } from '../lib/drive';
import { InputError } from '../lib/errors';
import { Bpe } from './bpe';
import { normalise, words } from './byte-level';
import { learnBpe, type BpeMerges } from './learn-bpe';

const learnNow = (texts: string[], size: number): BpeMerges => drive(learnBpe(texts, size));

const SPECIAL = ['<pad>', '<unk>', '<think>', '<|embed_token|>'];
const TEXTS = ['the cat sat on the mat', 'The cats sat; it’s 1958!', 'naïve Ünïcode 日本語 x', 'a\n\n b\tc  d'];

/** The reference: counts all pairs again for every merge. */
function slowly(texts: readonly string[], count: number): BpeMerges['merges'] {
  let parts = texts.flatMap((text) => words(normalise(text)).map((word) => Array.from(word)));
  const age = new Map<string, number>();
  const bytes = learnNow([], 256);
  new Bpe([], bytes).vocabulary.forEach((token, id) => age.set(token, id));
  const merges: [string, string][] = [];
  while (merges.length < count) {
    const counts = new Map<string, number>();
    for (const word of parts) {
      for (let i = 1; i < word.length; i++) {
        const pair = `${word[i - 1]!} ${word[i]!}`;
        counts.set(pair, (counts.get(pair) ?? 0) + 1);
      }
    }
    const order = (pair: string): [number, number] => {
      const [left = '', right = ''] = pair.split(' ');
      return [age.get(left)!, age.get(right)!];
    };
    const [best] = [...counts]
      .filter(([, found]) => found >= 2)
      .sort(([a, x], [b, y]) => y - x || order(a)[0] - order(b)[0] || order(a)[1] - order(b)[1]);
    if (!best) break;
    const [left = '', right = ''] = best[0].split(' ');
    merges.push([left, right]);
    if (!age.has(left + right)) age.set(left + right, age.size);
    parts = parts.map((word) => {
      const next: string[] = [];
      for (let i = 0; i < word.length; i++) {
        if (word[i] === left && word[i + 1] === right) next.push(left + right, ...(i++, []));
        else next.push(word[i]!);
      }
      return next;
    });
  }
  return merges;
}

describe('learning a byte-level BPE', () => {
  it('merges what is most frequent first', () => {
    const { merges } = learnNow(['low low low lower lowest'], 260);
    expect(merges).toEqual([
      // Of equal counts the oldest tokens: the space is byte 32.
      ['Ġ', 'l'],
      ['o', 'w'],
      ['Ġl', 'ow'],
      ['Ġlow', 'e'],
    ]);
  });

  it('comes to the same as counting anew for every merge', () => {
    const text = fc.stringMatching(/^[ab ']{0,60}$/);
    fc.assert(
      fc.property(fc.array(text, { maxLength: 6 }), fc.nat({ max: 30 }), (texts, count) => {
        expect(learnNow(texts, 256 + count).merges).toEqual(slowly(texts, count));
      }),
    );
  });

  it('tells how far it is and can be left', () => {
    const texts = Array.from({ length: 600 }, (_, i) => `text number ${i} of many more ${i * 7919}`);
    const learning = learnBpe(texts, 600);
    expect(learning.next().value).toEqual({ what: 'texts', done: 0, of: 600 });
    expect(learning.next().value).toEqual({ what: 'texts', done: 256, of: 600 });
    const reports = [...learning];
    expect(reports.at(-1)).toMatchObject({ what: 'merges', of: 344 });
  });

  it('stops where no pair comes twice, and refuses fewer tokens than bytes', () => {
    expect(learnNow(['abc'], 1000).merges).toEqual([]);
    expect(() => learnNow([], 255)).toThrow(InputError);
  });
});

describe('a byte-level BPE', () => {
  const bpe = new Bpe(SPECIAL, learnNow(TEXTS, 300));
  const library = new Tokenizer(bpeTokenizer(bpe, { eos: '<|embed_token|>', pad: '<pad>', unk: '<unk>' }), 'test');

  it('has the special tokens first, then the bytes, then its merges', () => {
    expect(bpe.vocabulary.slice(0, 4)).toEqual(SPECIAL);
    expect(bpe.vocabulary).toHaveLength(library.size);
    expect(library.tokenId('<think>')).toBe(2);
    expect(library.eosTokenId).toBe(3);
  });

  it('encodes and decodes as the library does with its files, any text', () => {
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({ unit: 'grapheme' }),
      fc.array(fc.constantFrom('the', ' cat', "'s", ' ', '\n', '1958', '<think>', '<pad', '日本', 'É', '\u0130'), {
        maxLength: 12,
      }).map((parts) => parts.join('')),
    ); // prettier-ignore
    fc.assert(
      fc.property(text, (written) => {
        const ids = bpe.encode(written);
        expect(ids).toEqual(library.encode(written));
        expect(bpe.decode(ids)).toBe(library.decode(ids, { skipSpecialTokens: false }));
      }),
      { numRuns: 500 },
    );
  });

  it('loses nothing but case, composition and the space before a text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        fc.pre(!SPECIAL.some((token) => text.includes(token)));
        const kept = normalise(text);
        expect(bpe.decode(bpe.encode(text))).toBe(kept === '' || kept.startsWith(' ') ? kept : ` ${kept}`);
      }),
    );
  });

  it('refuses a special token twice', () => {
    expect(() => new Bpe(['<a>', '<a>'], { merges: [] })).toThrow(InputError);
  });
});

describe('a word without end', () => {
  const genes = (length: number, seed: number): string => {
    let state = seed;
    return Array.from({ length }, () => 'acgt'[(state = (state * 48_271) % 2_147_483_647) % 4]).join('');
  };
  const bpe = new Bpe(SPECIAL, learnNow([genes(3000, 7), 'aaaa aaaa abab'], 400));
  /** Each time the earliest learnt pair, and of those the leftmost. */
  const learnt = new Map(bpe.merges.map((pair, rank) => [pair.join(' '), rank]));
  const plainly = (word: string): string[] => {
    const parts = Array.from(word);
    for (;;) {
      const ranks = parts.slice(1).map((right, i) => learnt.get(`${parts[i]!} ${right}`) ?? Infinity);
      const at = ranks.indexOf(Math.min(...ranks));
      if (ranks.length === 0 || ranks[at] === Infinity) return parts;
      parts.splice(at, 2, parts[at]! + parts[at + 1]!);
    }
  };

  it('is merged in the same order as a short one', () => {
    fc.assert(
      fc.property(fc.integer({ min: 49, max: 90 }), fc.integer({ min: 1, max: 1e6 }), fc.boolean(), (n, seed, same) => {
        const word = same ? 'a'.repeat(n) : genes(n, seed);
        expect(bpe.encode(word).map((id) => bpe.vocabulary[id])).toEqual(words(normalise(word)).flatMap(plainly));
      }),
      { numRuns: 30 },
    );
  });

  it('takes no time that grows with its square', () => {
    const word = genes(100_000, 3);
    expect(bpe.decode(bpe.encode(word)).trimStart() === word).toBe(true);
  });
});
