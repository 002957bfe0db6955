import { mix32, sha256 } from '../../lib/hash';
import { pick, shuffled } from '../choices';
import { judgeHops } from '../judge-hops';
import { MODE_WORDS, SPECIALS, taskVocabulary } from '../special-tokens';
import type { QuerySplit, Task, TaskQuery } from '../task';

type Settings = Record<'letters' | 'longest' | 'held_out', number>;
const spelled = (word: string): string => Array.from(word).join(' ');

/** Builds the task; settings and seed alone decide it. */
export function createReverse({ letters, longest, held_out }: Settings, seed: number): Task {
  const alphabet = Array.from('abcdefghijkl'.slice(0, letters));
  /** All words by their number of letters; the empty one at 0. */
  const words = [['']];
  while (words.length <= longest) words.push(words.at(-1)!.flatMap((word) => alphabet.map((letter) => word + letter)));
  const documents = words
    .slice(1)
    .flatMap((list) => list.map((id) => ({ id, text: spelled(id.toUpperCase()), group: id[0]! })));
  const rows = new Map(documents.map(({ id }, row) => [id, row]));
  const corpus = [
    ...alphabet.map((letter) => ({ text: `${letter} ${letter.toUpperCase()}`, kind: 'fact' as const })),
    ...documents.map(({ text }) => ({ text, kind: 'document' as const })),
  ];
  /** Words of one letter are all trained; of the others a share is held out, half of it for each split. */
  const splitOf = (word: string): QuerySplit => {
    const x = mix32(seed, rows.get(word)!) * 2 ** -32;
    return word.length === 1 || x >= held_out ? 'train' : x < held_out / 2 ? 'dev' : 'test';
  };
  const inSplit = (depth: number, split: QuerySplit) => words[depth]!.filter((word) => splitOf(word) === split);
  const trained = words.map((_, depth) => (depth === 0 ? [] : inSplit(depth, 'train')));
  const query = (word: string): TaskQuery => {
    const right = Array.from(word).reverse().join('');
    return {
      id: word,
      text: spelled(word),
      depth: word.length,
      relevant: [{ document: rows.get(right)!, grade: 1 }],
      hardNegatives: word === right ? [] : [rows.get(word)!],
      trace: spelled(right.toUpperCase()),
      supervised: splitOf(word) === 'train',
      split: splitOf(word),
    };
  };
  return {
    name: 'reverse',
    hash: sha256(JSON.stringify(['reverse', seed, letters, longest, held_out])),
    vocabulary: taskVocabulary(corpus.map(({ text }) => text)),
    specials: SPECIALS,
    modeWords: MODE_WORDS,
    maxDepth: longest,
    topics: [],
    documents,
    corpus,
    instructions: { query: '', document: '' },
    sampleQuery: (depth, _supervised, u) => query(trained[depth]![pick(u, trained[depth]!.length)]!),
    heldOut: (split, perDepth) =>
      words.slice(1).flatMap((_, i) => {
        const list = shuffled(inSplit(i + 1, i === 0 ? 'train' : split), mix32(seed, i));
        return list.slice(0, perDepth).map(query);
      }),
    parse(text) {
      const word = text
        .toLowerCase()
        .replace(/<\w+>\s*$/, '')
        .replace(/\s+/g, '');
      return rows.has(word) ? query(word) : null;
    },
    judge: ({ text, trace }, completion) =>
      judgeHops(
        trace,
        completion,
        (written) => [...written],
        (letter, before) =>
          letter ===
          text
            .toUpperCase()
            .split(' ')
            .at(-1 - before.length),
      ),
  };
}
