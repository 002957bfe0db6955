import { documentText, parseCorpus, type BeirDocument } from '../../formats/beir';
import { drive } from '../../lib/drive';
import { wordsOf } from '../../lib/words';
import { Bpe } from '../../tokenizer/bpe';
import { learnBpe } from '../../tokenizer/learn-bpe';
import type { CorpusProgress, Unread } from '../unread';
import { TEXT_LIMITS } from './settings';

/** Words of a trace: what a document is about, by tf-idf. */
const KEYWORDS = 3;
const KEYWORD_LETTERS = 3;

/** Documents between two reports. */
const DOCUMENTS_A_REPORT = 32;

/** The bytes that a corpus is read from. */
export interface CorpusSource {
  /** The contents of `corpus.jsonl`. */
  bytes: Uint8Array;
  /** The file's name in messages. */
  file: string;
  /** Hash of the bytes. */
  hash: string;
  special: readonly string[];
  /** Tokens wanted. */
  vocabulary: number;
}

/** The documents of a user's corpus as training reads them: token ids, and the words that distinguish them. */
export class TextCorpus {
  /** Ids of titles and texts, by row. */
  readonly titles: number[][] = [];
  readonly bodies: number[][] = [];
  /** The texts in pieces of a passage's length. */
  readonly pieces: string[] = [];
  /** The words that distinguish each document from the others, the most distinctive first. */
  keywords: readonly (readonly string[])[] = [];
  private readonly startsWord: readonly boolean[];
  private seen: ReadonlySet<string> | null = null;

  private constructor(
    readonly documents: readonly BeirDocument[],
    readonly bpe: Bpe,
  ) {
    this.startsWord = bpe.vocabulary.map((token) => token.startsWith('Ġ'));
  }

  /** Learns the vocabulary and writes every document in it. @throws InputError for a bad line, naming it. */
  static *read({ bytes, file, special, vocabulary }: CorpusSource): Generator<CorpusProgress, TextCorpus> {
    const documents = parseCorpus(bytes, file);
    const bpe = new Bpe(special, yield* learnBpe(documents.map(documentText), vocabulary));
    const corpus = new TextCorpus(documents, bpe);
    const words = new WordCounts();
    for (const [row, document] of documents.entries()) {
      if (row % DOCUMENTS_A_REPORT === 0) yield { what: 'encoded', done: row, of: documents.length };
      const body = bpe.encode(document.text);
      corpus.titles.push(bpe.encode(document.title));
      corpus.bodies.push(body);
      corpus.pieces.push(...corpus.cut(body));
      words.add(documentText(document));
    }
    corpus.keywords = words.keywords();
    return corpus;
  }

  /** All words of the documents, in the form in which they are compared; counted on first use. */
  words(): ReadonlySet<string> {
    return (this.seen ??= new Set(this.documents.flatMap((document) => wordsOf(documentText(document)))));
  }

  private cut(ids: readonly number[]): string[] {
    const pieces: string[] = [];
    for (let from = 0; from < ids.length;) {
      const [begin, end] = this.span(ids, from, TEXT_LIMITS.document - 1);
      if (end <= from || begin < from) break;
      if (end - begin > 1) pieces.push(this.text(ids.slice(begin, end)));
      from = end;
    }
    return pieces;
  }

  /**
   * A part of a text, cut at words.
   * @param from where it should begin, moved to the next beginning of a word.
   * @param length tokens at most; the last word is left out where it would be cut, unless it is the only one.
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

/** The last corpus read: a session's cost, its run and its evaluation ask for the same one. */
let remembered: { key: string; corpus: TextCorpus } | null = null;

const keyOf = ({ hash, special, vocabulary }: CorpusSource): string => [hash, vocabulary, ...special].join(' ');

/** A corpus, read to its end unless it was the last one. @throws InputError for a bad line, naming it. */
export function textCorpus(source: CorpusSource): TextCorpus {
  const reading = unread(source);
  if (reading) drive(reading.read());
  return remembered!.corpus;
}

/** A corpus that still has to be read; null where it is cached. */
export function unread(source: CorpusSource): Unread | null {
  const key = keyOf(source);
  if (remembered?.key === key) return null;
  const read = function* (): Generator<CorpusProgress, void> {
    remembered = { key, corpus: yield* TextCorpus.read(source) };
  };
  return { key, read };
}

/** Words of documents, counted. */
class WordCounts {
  private readonly counts: Map<string, number>[] = [];
  private readonly holders = new Map<string, number>();

  add(text: string): void {
    const counts = new Map<string, number>();
    for (const word of text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []) counts.set(word, (counts.get(word) ?? 0) + 1);
    for (const word of counts.keys()) this.holders.set(word, (this.holders.get(word) ?? 0) + 1);
    this.counts.push(counts);
  }

  /**
   * Chooses keywords by tf · ln(N / df); words of a single document are left out, since no other text could lead to
   * them.
   */
  keywords(): string[][] {
    const { counts, holders } = this;
    return counts.map((words) =>
      [...words]
        .filter(([word]) => word.length >= KEYWORD_LETTERS && holders.get(word)! > 1)
        .map(([word, count]) => ({ word, weight: count * Math.log(counts.length / holders.get(word)!) }))
        .sort((a, b) => b.weight - a.weight || (a.word < b.word ? -1 : 1))
        .slice(0, KEYWORDS)
        .map(({ word }) => word),
    );
  }
}
