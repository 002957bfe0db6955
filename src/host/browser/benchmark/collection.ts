import {
  beirSplits,
  documentText,
  keepKnown,
  readCorpus,
  readJudgements,
  readQueries,
  type BeirCollection,
  type BeirDocument,
  type BeirQuery,
  type Qrels,
} from '../../../formats/beir';
import type { Folder } from '../../../formats/folder';
import { InputError } from '../../../lib/errors';
import { sha256 } from '../../../lib/hash';
import type { CollectionFile, CollectionPreview, SplitPreview } from './api';

const EXAMPLES = 3;
const EXAMPLE_LENGTH = 200;

/** A collection that was opened on the page: all of its splits, checked. */
export class OpenedCollection {
  private constructor(
    readonly name: string,
    readonly documents: BeirDocument[],
    readonly queries: BeirQuery[],
    /** `corpus.jsonl` as it was read, and its SHA-256. */
    readonly corpus: { hash: string; bytes: Uint8Array },
    private readonly judgements: ReadonlyMap<string, Qrels>,
  ) {}

  /** @throws InputError for what is no folder in BEIR layout, or a bad line, naming file and line. */
  static async read(name: string, files: readonly CollectionFile[]): Promise<OpenedCollection> {
    const folder = folderOf(files);
    const { documents, bytes } = await readCorpus(folder, name);
    const queries = await readQueries(folder, name);
    const judgements = new Map<string, Qrels>();
    for (const split of await beirSplits(folder)) judgements.set(split, await readJudgements(folder, split, name));
    return new OpenedCollection(name, documents, queries, { hash: sha256(bytes), bytes }, judgements);
  }

  /** The split's judgements of what the collection holds. */
  split(name: string): BeirCollection {
    const judgements = this.judgements.get(name);
    if (!judgements) throw new InputError(`${this.name}: no split ${JSON.stringify(name)}, expected one of its own`);
    const { documents, queries } = this;
    return { documents, queries, ...keepKnown(judgements, queries, documents) };
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
      splits: [...this.judgements.keys()].map((split) => this.previewSplit(split)),
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

/** Dropped files as a folder; each is read when it is asked for. */
function folderOf(files: readonly CollectionFile[]): Folder {
  const byPath = new Map(files.map(({ path, file }) => [path, file]));
  return {
    read: async (name) => {
      const file = byPath.get(name);
      if (!file) return null;
      try {
        return new Uint8Array(await file.arrayBuffer());
      } catch {
        throw new InputError(`${name}: the browser could not read it, expected a file that is still there`);
      }
    },
    list: (name) => {
      const inside = [...byPath.keys()].filter((path) => path.startsWith(`${name}/`));
      return Promise.resolve(inside.map((path) => path.slice(name.length + 1)).sort());
    },
  };
}
