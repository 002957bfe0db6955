/**
 * Someone else's documents, without judgements: what a model can learn from them by themselves. A query is a
 * document's title, or a crop of its text that the passage it should find mostly lacks (the inverse cloze task, Lee et
 * al., arXiv 1906.00300); the other documents of the batch are its negatives. There is no right reasoning here: what is
 * written before the embed token is what the document is about, its keywords by tf-idf (a list of keywords is what
 * LREM reasons in, arXiv 2510.14321), and whether that helps is for the evaluation to say.
 *
 * Titles of one document in twelve each are held out for dev and for test; the texts are all trained on, since they are
 * what is searched.
 */
import { documentText } from '../../formats/beir';
import { InputError } from '../../lib/errors';
import { mix32, sha256 } from '../../lib/hash';
import { Random } from '../../lib/philox';
import type { QuerySplit, Task, TaskQuery, TraceVerdict } from '../task';
import { FIRST_TOKENS, MODE_WORDS, SPECIALS } from '../special-tokens';
import { dataAt, type TaskData } from '../task-data';
import { textCorpus, unread, type CorpusSource, type TextCorpus } from './corpus';
import { textFile } from './corpus-file';
import type { Unread } from '../unread';
import { TEXT_LIMITS, type TextSettings } from './settings';

/** One title in this many is held out for dev, another for test. */
const HELD_OUT = 12;
/** Share of the training queries that are titles, where a document has one. */
const TITLES = 0.5;
/** Share of the crops that the passage to be found does not have. */
const REMOVED = 0.8;
const SHORTEST_CROP = 6;

/** The corpus's name in messages. */
const CORPUS = 'corpus.jsonl';

/** The place of a row's title: 0 for dev, 1 for test, all else for training. */
const placeOf = (seed: number, row: number): number => mix32(seed, row) % HELD_OUT;

/** Whether a run of this seed never trains on the title of a row of its documents. */
export const isTitleHeldOut = (seed: number, row: number): boolean => placeOf(seed, row) < 2;

function sourceOf(settings: TextSettings, data: TaskData): CorpusSource {
  const file = textFile(settings);
  return {
    bytes: dataAt(data, file),
    file: CORPUS,
    hash: file.sha256,
    special: FIRST_TOKENS,
    vocabulary: settings.vocabulary,
  };
}

/** The task's documents, where they are still to be read. */
export const unreadText = (settings: TextSettings, data: TaskData): Unread | null => unread(sourceOf(settings, data));

/** @throws InputError for a corpus that cannot be read or that has nothing to train on. */
export const createText = (settings: TextSettings, seed: number, data: TaskData): Task =>
  new TextTask(settings, seed, data);

class TextTask implements Task {
  readonly name = 'text';
  readonly hash: string;
  readonly dataHash: string;
  readonly specials = SPECIALS;
  readonly modeWords = MODE_WORDS;
  readonly instructions = { query: '', document: '' };
  readonly maxDepth = 1;
  readonly hasRightTraces = false;
  readonly topics: readonly string[] = [];
  readonly documents: Task['documents'];
  readonly corpus: Task['corpus'];
  readonly bpe: TextCorpus['bpe'];
  private readonly read: TextCorpus;
  /** Rows that training draws from: those with a text. */
  private readonly rows: readonly number[];
  private readonly byTitle: ReadonlyMap<string, number>;
  /** Rows whose titles training asks for: a teacher reads them after the documents, in this order. */
  private readonly titled: ReadonlyMap<number, number>;

  constructor(
    settings: TextSettings,
    private readonly seed: number,
    data: TaskData,
  ) {
    const source = sourceOf(settings, data);
    this.read = textCorpus(source);
    this.bpe = this.read.bpe;
    this.rows = [...this.read.documents.keys()].filter((row) => this.read.bodies[row]!.length >= 2 * SHORTEST_CROP);
    if (this.rows.length < 4) {
      throw new InputError(
        'corpus.jsonl: fewer than four documents with a text of a few words, expected more to train on',
      );
    }
    // A title is what finds a document, so it is searched without.
    this.documents = this.read.documents.map(({ id, title, text }) => ({
      id,
      text: text.trim() || title,
      ...(title.trim() === '' ? {} : { title: title.trim() }),
      group: '',
    }));
    this.corpus = this.read.pieces.map((text) => ({ text, kind: 'document' }));
    this.byTitle = new Map(this.read.documents.map(({ title }, row) => [title.trim().toLowerCase(), row]));
    const titled = this.rows.filter((row) => this.read.titles[row]!.length > 0 && this.splitOf(row) === 'train');
    this.titled = new Map(titled.map((row, i) => [row, this.documents.length + i]));
    this.dataHash = source.hash;
    this.hash = sha256(JSON.stringify([this.name, source.hash, settings.vocabulary, seed]));
  }

  get vocabulary(): readonly string[] {
    return this.bpe.vocabulary;
  }

  sampleQuery(_depth: number, _supervised: boolean, u: () => number): TaskQuery {
    const row = this.rows[Math.floor(u() * this.rows.length)]!;
    const isTitle = u() < TITLES;
    return isTitle && this.read.titles[row]!.length > 0 && this.splitOf(row) === 'train'
      ? this.titleQuery(row, u)
      : this.cropQuery(row, u);
  }

  /** A title as it is; in the place of a crop the document that it comes from, so that there are few texts to embed. */
  taught(): readonly string[] {
    const { documents } = this.read;
    return [...documents.map(documentText), ...[...this.titled.keys()].map((row) => documents[row]!.title.trim())];
  }

  heldOut(split: 'dev' | 'test', perDepth: number): TaskQuery[] {
    const found = this.rows.filter((row) => this.splitOf(row) === split);
    return found.slice(0, perDepth).map((row) => {
      const u = new Random(this.seed, 'task', row).uniform;
      return this.read.titles[row]!.length > 0 ? this.titleQuery(row, u) : this.cropQuery(row, u);
    });
  }

  /** A document's own title, in any case. */
  parse(text: string): TaskQuery | null {
    const row = text.trim() === '' ? undefined : this.byTitle.get(text.trim().toLowerCase());
    return row === undefined ? null : this.titleQuery(row, new Random(this.seed, 'task', row).uniform);
  }

  /** Whether a document has the word, which is in lower case. */
  knows(word: string): boolean {
    return this.read.words().has(word);
  }

  isTitleHeldOut(row: number): boolean {
    return isTitleHeldOut(this.seed, row);
  }

  judge(query: TaskQuery, completion: string): TraceVerdict {
    const words = (text: string): string[] => text.split(SPECIALS.embed)[0]!.split(/\s+/).filter(Boolean);
    const expected = words(query.trace);
    const written = words(completion);
    const hops = Array.from({ length: Math.max(expected.length, written.length) }, (_, i) => {
      const text = written[i] ?? '';
      const right = text !== '' && expected.includes(text);
      return { text, expected: expected[i] ?? '', right, fact: right };
    });
    return { exact: expected.join(' ') === written.join(' '), hops };
  }

  /**
   * The split of a row's title. A few titles stay unseen; without titles, other crops of the same documents are the
   * held-out queries.
   */
  private splitOf(row: number): QuerySplit {
    const place = placeOf(this.seed, row);
    return place === 0 ? 'dev' : place === 1 ? 'test' : 'train';
  }

  private titleQuery(row: number, u: () => number): TaskQuery {
    const { read } = this;
    const title = read.titles[row]!;
    const [from, to] = read.span(title, 0, TEXT_LIMITS.query - 1);
    const body = read.bodies[row]!;
    const passage = this.window(body, TEXT_LIMITS.document - 1, u);
    const taught = this.titled.get(row);
    return {
      ...this.query(row, title.slice(from, to), body.slice(...passage)),
      ...(taught === undefined ? {} : { taught }),
    };
  }

  private cropQuery(row: number, u: () => number): TaskQuery {
    const { read } = this;
    const body = read.bodies[row]!;
    const [begin, end] = this.window(body, TEXT_LIMITS.document - 1, u);
    const most = Math.min(TEXT_LIMITS.query - 1, Math.floor((end - begin) / 2));
    const length = Math.max(1, Math.min(most, SHORTEST_CROP + Math.floor(u() * (TEXT_LIMITS.query - SHORTEST_CROP))));
    const from = begin + Math.floor(u() * Math.max(1, end - begin - length));
    const [cropFrom, cropTo] = read.span(body.slice(0, end), from, length);
    const removed = u() < REMOVED;
    const around = removed ? [...body.slice(begin, cropFrom), ...body.slice(cropTo, end)] : body.slice(begin, end);
    return { ...this.query(row, body.slice(cropFrom, cropTo), around), taught: row };
  }

  private window(ids: readonly number[], length: number, u: () => number): [number, number] {
    return this.read.span(ids, Math.floor(u() * Math.max(1, ids.length - length + 1)), length);
  }

  private query(row: number, asked: readonly number[], passage: readonly number[]): TaskQuery {
    const text = this.fitting(asked, TEXT_LIMITS.query - 1);
    return {
      id: `${this.documents[row]!.id}: ${text}`,
      text,
      depth: 1,
      relevant: [{ document: row, grade: 1 }],
      hardNegatives: [],
      trace: this.trace(row),
      supervised: true,
      split: this.splitOf(row),
      passage: this.fitting(passage, TEXT_LIMITS.document - 1),
    };
  }

  /** Text of ids that takes no more than `limit` tokens when it is read again: a cut within a word may take more. */
  private fitting(ids: readonly number[], limit: number): string {
    for (let length = Math.min(ids.length, limit); ; length--) {
      const text = this.read.text(ids.slice(0, length));
      if (length === 0 || this.bpe.encode(text).length <= limit) return text;
    }
  }

  /** The document's keywords, as many as fit. */
  private trace(row: number): string {
    const kept: string[] = [];
    for (const word of this.read.keywords[row]!) {
      if (this.bpe.encode([...kept, word].join(' ')).length >= TEXT_LIMITS.answer) break;
      kept.push(word);
    }
    return kept.join(' ');
  }
}
