import { documentText, keepKnown, type BeirCollection, type BeirDocument, type BeirQuery } from '../../../formats/beir';
import { readCollection, type Collection, type Corpus } from '../../../formats/collection/read-collection';
import type { Room, SourceFile } from '../../../formats/collection/source-file';
import { InputError } from '../../../lib/errors';
import { developmentSet, type DevelopmentSet } from '../../../training/benchmark/development-set';
import type { CollectionFile, CollectionPreview, SplitPreview } from './api';

/**
 * The most bytes of text that are opened: a worker's heap is 4 GB, and texts are held twice, as strings and as the
 * bytes that training reads.
 */
const ROOM: Room = { bytes: 1e9, of: 'a page' };

const EXAMPLES = 3;
const EXAMPLE_LENGTH = 200;

/** A collection that was opened on the page: all of its splits, checked. */
export class OpenedCollection {
  readonly documents: BeirDocument[];
  readonly queries: BeirQuery[];

  private constructor(
    readonly name: string,
    private readonly collection: Collection,
  ) {
    this.documents = collection.corpus.documents;
    this.queries = collection.queries;
  }

  /**
   * Reads and checks a collection.
   * @throws InputError where there are no documents, or for a bad line, naming file and line.
   */
  static async read(name: string, files: readonly CollectionFile[]): Promise<OpenedCollection> {
    return new OpenedCollection(name, await readCollection(sourcesOf(name, files), name, ROOM));
  }

  /** The documents in the form that sessions train on, with their SHA-256. */
  get corpus(): Corpus {
    return this.collection.corpus;
  }

  /** The split's judgements of queries and documents that the collection holds. */
  split(name: string): BeirCollection {
    const judgements = this.collection.splits.get(name);
    if (!judgements) throw new InputError(`${this.name}: no split ${JSON.stringify(name)}, expected one of its own`);
    const { documents, queries } = this;
    return { documents, queries, ...keepKnown(judgements, queries, documents) };
  }

  /** The queries that a fusion weight is chosen on where a split is scored. @param isHeldOut see `developmentSet`. */
  developmentSet(scored: string, isHeldOut?: (row: number) => boolean): DevelopmentSet {
    const { documents, queries } = this;
    const names = [...this.collection.splits.keys()];
    const splits = new Map(names.map((name) => [name, this.split(name).qrels]));
    return developmentSet({ documents, queries, splits }, scored, isHeldOut);
  }

  preview(): CollectionPreview {
    const { name, documents, queries } = this;
    return {
      name,
      corpus: this.corpus.hash,
      documents: documents.length,
      documentsWithoutTitle: documents.filter(({ title }) => title.trim() === '').length,
      emptyDocuments: documents.filter((document) => documentText(document).trim() === '').length,
      queries: queries.length,
      documentExamples: documents
        .slice(0, EXAMPLES)
        .map(({ id, title, text }) => ({ id, title: cut(title), text: cut(text) })),
      queryExamples: queries.slice(0, EXAMPLES).map(({ id, text }) => ({ id, text: cut(text) })),
      splits: [...this.collection.splits.keys()].map((split) => this.previewSplit(split)),
      unreadable: this.collection.unreadable,
      notices: [...this.collection.notices, ...emptyQueries(queries)],
    };
  }

  private previewSplit(name: string): SplitPreview {
    const { qrels, leftOut } = this.split(name);
    const grades = [...qrels.values()];
    const scorable = grades.filter((of) => [...of.values()].some((grade) => grade > 0)).length;
    return {
      name,
      queries: scorable,
      judgements: grades.reduce((sum, { size }) => sum + size, 0),
      ...leftOut,
      queries_without_relevant: grades.length - scorable,
    };
  }
}

const cut = (text: string): string => (text.length > EXAMPLE_LENGTH ? `${text.slice(0, EXAMPLE_LENGTH)}…` : text);

function emptyQueries(queries: readonly BeirQuery[]): string[] {
  const empty = queries.filter(({ text }) => text.trim() === '').length;
  if (empty === 0) return [];
  return [
    empty === 1
      ? 'One query is empty: nothing can be found for it.'
      : `${empty} queries are empty: nothing can be found for them.`,
  ];
}

/** The chosen files as sources; each is read when it is needed. */
function sourcesOf(name: string, files: readonly CollectionFile[]): SourceFile[] {
  const alone = files.length === 1 && !files[0]!.path.includes('/');
  return files.map(({ path, file }) => {
    const where = alone ? path : `${name}/${path}`;
    return { path, where, size: file.size, read: () => piecesOf(file, where) };
  });
}

async function* piecesOf(file: Blob, where: string): AsyncGenerator<Uint8Array> {
  const reader = file.stream().getReader();
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new InputError(`${where}: the browser could not read it, expected a file that is still there`);
    });
    if (done) return;
    yield value;
  }
}
