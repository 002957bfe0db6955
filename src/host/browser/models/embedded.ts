import { documentText } from '../../../formats/beir';
import { CancelledError, codeOf, InputError } from '../../../lib/errors';
import { Bm25 } from '../../../retrieval/bm25';
import { byIdDescending } from '../../../retrieval/rankings';
import type { Ranked } from '../../../retrieval/top-k';
import { EncodedDocuments } from '../../../training/benchmark/model-rankings';
import type { OpenedCollection } from '../benchmark/collection';
import type { EncodedStore } from '../benchmark/encoded-store';
import { openedReader } from '../benchmark/reader';
import type { Engine, EngineDevice } from '../engine';
import type { EmbeddedDocuments, EmbedProgress, FoundDocument, KeptModel, ModelSearch } from './api';
import type { ModelStore } from './model-store';

export interface EmbedParts {
  engine: Engine;
  store: ModelStore;
  /** Storage of embeddings. */
  encoded: EncodedStore;
}

/** A collection's documents as a kept model embeds them, with the model on a device of its own to embed queries. */
export class EmbeddedCollection {
  private readonly lexical: Bm25;

  private constructor(
    private readonly device: EngineDevice,
    private readonly collection: OpenedCollection,
    private readonly encoded: EncodedDocuments,
    readonly facts: EmbeddedDocuments,
  ) {
    this.lexical = new Bm25(collection.documents.map(documentText));
  }

  /**
   * Loads the model and embeds the documents.
   * @throws InputError where no such model is kept, where it cannot embed, or where its weights cannot be read.
   * @throws CancelledError where `signal` aborts; the device is released however it ends early.
   */
  static async open(
    { engine, store, encoded: kept }: EmbedParts,
    hash: string,
    collection: OpenedCollection,
    tell: (progress: EmbedProgress) => void,
    signal: AbortSignal,
  ): Promise<EmbeddedCollection> {
    const started = performance.now();
    const throwIfAborted = (): void => {
      if (signal.aborted) throw new CancelledError('cancelled');
    };
    const { model: record, opened } = await store.model(hash);
    const reader = await openedReader(opened, record);
    throwIfAborted();
    const device = await engine.open();
    try {
      const model = await device.load(opened, (done, of) => {
        throwIfAborted();
        tell({ what: 'weights', done, of });
      });
      throwIfAborted();
      const { hash: corpus } = collection.corpus;
      const under = kept.under(await reader.key(corpus));
      const report = async (done: number, of: number): Promise<void> => {
        tell({ what: 'documents', done, of });
        // A cancellation is received between two submits.
        await new Promise((resolve) => setTimeout(resolve));
        throwIfAborted();
      };
      await report(0, collection.documents.length);
      const encoded = await EncodedDocuments.encode(model, reader.prompts, collection.documents, report, under);
      const { passages, split } = encoded;
      const { reopened } = under;
      const { prompts } = reader;
      return new EmbeddedCollection(device, collection, encoded, {
        hash,
        corpus,
        documents: collection.documents.length,
        passages,
        split,
        truncated: encoded.truncated,
        dimensions: opened.arch.hidden_size,
        reopened,
        prompts: { query: prompts.prompt('query'), document: prompts.prompt('document') },
        notices: prompts.notices,
        milliseconds: performance.now() - started,
      });
    } catch (error) {
      device.destroy();
      throw codeOf(error) === 'out-of-memory' ? await tooLarge(engine, record) : error;
    }
  }

  /** Finds the nearest documents to a query by the model, and those of BM25. */
  async search(query: string, topK: number): Promise<ModelSearch> {
    const started = performance.now();
    const { documents } = this.collection;
    const { found, truncated } = await this.encoded.rank([{ id: 'query', text: query }], false);
    const byWords = this.lexical.search(query, topK, byIdDescending(documents));
    const hits = ({ rows, scores }: Ranked): FoundDocument[] =>
      Array.from(rows.slice(0, topK), (row, i) => {
        const { id, title, text } = documents[row]!;
        return { id, title, text: text.length > LENGTH ? `${text.slice(0, LENGTH)}…` : text, score: scores[i]! };
      });
    return {
      query,
      isCut: truncated > 0,
      model: hits(found[0]!),
      bm25: hits(byWords),
      milliseconds: performance.now() - started,
    };
  }

  /** Releases the device and everything on it. */
  destroy(): void {
    this.device.destroy();
  }
}

/** The error for a model that the device has no memory for; all of it was released before. */
async function tooLarge(engine: Engine, { name, bytes }: KeptModel): Promise<InputError> {
  const device = await engine.open();
  try {
    const granted = await device.granted(2 * bytes);
    const megabytes = (count: number): string => `${Math.round(count / 1e6).toLocaleString('en')} MB`;
    return new InputError(
      `${name}: this device has no memory for it and its texts; it grants about ${megabytes(granted)} now, expected more than the weights' ${megabytes(bytes)}: close what else uses the graphics card, or take a smaller model or fewer bits`,
    );
  } finally {
    device.destroy();
  }
}

/** The most characters of a document in a list. */
const LENGTH = 400;
