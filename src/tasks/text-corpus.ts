import { documentText, parseCorpus, type BeirDocument } from '../formats/beir';
import { Bpe } from '../tokenizer/bpe';
import { learnBpe, learnBpeNow, type BpeMerges, type BpeProgress } from '../tokenizer/learn-bpe';

/** Words of a trace: what a document is about, by tf-idf. */
const KEYWORDS = 3;
const KEYWORD_LETTERS = 3;

/** The documents of somebody else's corpus as training reads them: token ids, and the words that tell them apart. */
export class TextCorpus {
  readonly documents: readonly BeirDocument[];
  readonly bpe: Bpe;
  /** Ids of titles and texts, by row. */
  readonly titles: readonly (readonly number[])[];
  readonly bodies: readonly (readonly number[])[];
  /** The words that tell each document from the others, the most telling first. */
  readonly keywords: readonly (readonly string[])[];
  private readonly startsWord: readonly boolean[];

  /**
   * @param bytes of `corpus.jsonl`; @param file its name, for messages.
   * @param hash of the bytes, under which the learnt vocabulary is kept.
   * @throws InputError for a bad line, naming it.
   */
  constructor(bytes: Uint8Array, file: string, hash: string, special: readonly string[], vocabulary: number) {
    this.documents = parseCorpus(bytes, file);
    const texts = this.documents.map(documentText);
    this.bpe = new Bpe(special, mergesOf(texts, keyOf(hash, vocabulary), vocabulary));
    this.titles = this.documents.map(({ title }) => this.bpe.encode(title));
    this.bodies = this.documents.map(({ text }) => this.bpe.encode(text));
    this.keywords = keywordsOf(texts);
    this.startsWord = this.bpe.vocabulary.map((token) => token.startsWith('Ġ'));
  }

  /**
   * A part of a text, cut at words.
   * @param from where it should begin, moved to the next beginning of a word.
   * @param length tokens at the most; the last word is left out where it would be cut, unless it is the only one.
   */
  span(ids: readonly number[], from: number, length: number): [from: number, to: number] {
    const begin = this.nextWord(ids, from);
    let end = Math.min(ids.length, begin + length);
    if (end < ids.length) {
      let cut = end;
      while (cut > begin && !this.startsWord[ids[cut]!]) cut--;
      if (cut > begin) end = cut;
    }
    return [begin, end];
  }

  private nextWord(ids: readonly number[], from: number): number {
    for (let at = from; at < ids.length; at++) if (this.startsWord[ids[at]!]) return at;
    return 0;
  }

  /** Text of ids, without the space before it. */
  text(ids: readonly number[]): string {
    return this.bpe.decode(ids).trimStart();
  }
}

/** The last vocabulary learnt: a session's cost, its run and its evaluation ask for the same one. */
let remembered: { key: string; merges: BpeMerges } | null = null;

function mergesOf(texts: readonly string[], key: string, size: number): BpeMerges {
  if (remembered?.key !== key) remembered = { key, merges: learnBpeNow(texts, size) };
  return remembered.merges;
}

const keyOf = (hash: string, vocabulary: number): string => `${hash} ${vocabulary}`;

/** A vocabulary that a task needs and that nobody has learnt yet. */
export interface Unlearnt {
  key: string;
  /** Learns it step by step and remembers it. @throws InputError for a bad line, naming it. */
  learn(): Generator<BpeProgress, void>;
}

/** Null where it is remembered. Parameters as those of `TextCorpus`. */
export function unlearnt(bytes: Uint8Array, file: string, hash: string, vocabulary: number): Unlearnt | null {
  const key = keyOf(hash, vocabulary);
  if (remembered?.key === key) return null;
  const learn = function* (): Generator<BpeProgress, void> {
    const merges = yield* learnBpe(parseCorpus(bytes, file).map(documentText), vocabulary);
    remembered = { key, merges };
  };
  return { key, learn };
}

/** By tf · ln(N / df); words that one document alone has are left out, since nothing else could lead to them. */
function keywordsOf(texts: readonly string[]): string[][] {
  const frequencies = texts.map((text) => {
    const counts = new Map<string, number>();
    for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
    return counts;
  });
  const holders = new Map<string, number>();
  for (const counts of frequencies) for (const word of counts.keys()) holders.set(word, (holders.get(word) ?? 0) + 1);
  return frequencies.map((counts) =>
    [...counts]
      .filter(([word]) => word.length >= KEYWORD_LETTERS && holders.get(word)! > 1)
      .map(([word, count]) => ({ word, weight: count * Math.log(texts.length / holders.get(word)!) }))
      .sort((a, b) => b.weight - a.weight || (a.word < b.word ? -1 : 1))
      .slice(0, KEYWORDS)
      .map(({ word }) => word),
  );
}
