import { documentText, type BeirDocument, type BeirQuery } from '../../formats/beir';
import { joined } from '../../lib/joined';
import type { OnProgress } from '../../lib/progress';
import { ExactGpuIndex } from '../../retrieval/exact-gpu-index';
import { RUN_DEPTH } from '../../retrieval/metrics';
import { byIdDescending } from '../../retrieval/rankings';
import type { Ranked } from '../../retrieval/top-k';
import { Embedder, type EmbeddingModel } from './embedder';
import type { EmbeddingPrompts } from './embedding-prompts';

/** A model's embeddings of a collection's documents, long ones by passages; encoded once and searched many times. */
export class EncodedDocuments {
  private constructor(
    private readonly model: EmbeddingModel,
    private readonly prompts: EmbeddingPrompts,
    private readonly documents: readonly BeirDocument[],
    /** L2-normalised rows (passages, C). */
    readonly vectors: Float32Array<ArrayBuffer>,
    /** The document of each row, ascending. */
    readonly owners: Int32Array,
    /** Number of documents longer than the context. */
    readonly split: number,
    /** Number of documents that lost their end to an encoder's limit. */
    readonly truncated: number,
  ) {}

  /**
   * Embeds the documents.
   * @param kept where the same embeddings may be stored from an earlier time, and where new ones are put.
   */
  static async encode(
    model: EmbeddingModel,
    prompts: EmbeddingPrompts,
    documents: readonly BeirDocument[],
    onProgress?: OnProgress,
    kept?: KeptVectors,
  ): Promise<EncodedDocuments> {
    const { sequences, owners, split, truncated } = prompts.passages(documents.map(documentText));
    const vectors = await embedded(model, prompts, sequences, onProgress, kept);
    return new EncodedDocuments(model, prompts, documents, vectors, owners, split, truncated);
  }

  /**
   * The same documents with some rows replaced; only those are embedded again.
   * @param kept as in `encode`, of those alone.
   */
  async replaced(
    documents: readonly BeirDocument[],
    changed: readonly number[],
    onProgress?: OnProgress,
    kept?: KeptVectors,
  ): Promise<EncodedDocuments> {
    if (changed.length === 0) return this;
    const { model, prompts, owners, vectors, split, truncated } = this;
    const found = prompts.passages(changed.map((row) => documentText(documents[row]!)));
    const fresh = await embedded(model, prompts, found.sequences, onProgress, kept);
    const channels = model.architecture.hidden_size;
    // The rows of each document: its own, or those that were embedded now.
    const rowsOf = (all: Int32Array, data: Float32Array, document: (owner: number) => number) => {
      const by = new Map<number, Float32Array[]>();
      all.forEach((owner, row) => {
        const at = document(owner);
        by.set(at, [...(by.get(at) ?? []), data.subarray(row * channels, (row + 1) * channels)]);
      });
      return by;
    };
    const own = rowsOf(owners, vectors, (owner) => owner);
    const anew = rowsOf(found.owners, fresh, (owner) => changed[owner]!);
    const rows = documents.flatMap((_, document) =>
      (anew.get(document) ?? own.get(document) ?? []).map((vector) => ({ document, vector })),
    );
    const all = rows.map(({ vector }) => vector);
    const allOwners = Int32Array.from(rows, ({ document }) => document);
    return new EncodedDocuments(model, prompts, documents, joined(all, Float32Array), allOwners, split, truncated);
  }

  get passages(): number {
    return this.owners.length;
  }

  /** Embeds the queries, after reasoning or at once, and ranks the documents for each by its best passage. */
  async rank(queries: readonly BeirQuery[], reasoning: boolean, onProgress?: OnProgress): Promise<ModelRankings> {
    const { model, prompts, documents } = this;
    const texts = queries.map(({ text }) => text);
    const { sequences, truncated } = reasoning ? prompts.reasoning(texts) : prompts.directQueries(texts);
    const embedder = new Embedder(model, prompts, onProgress);
    const { vectors, traces, notEmitted } = reasoning
      ? await embedder.reasoning(sequences)
      : { vectors: await embedder.direct(sequences), traces: null, notEmitted: 0 };
    const index = new ExactGpuIndex(model.gpu, this.vectors, model.architecture.hidden_size);
    const found = await index.rank(vectors, RUN_DEPTH, {
      compareTies: byIdDescending(documents),
      owners: this.owners,
    });
    return { found, vectors, traces, truncated, notEmitted };
  }
}

/** Embeddings of sequences: those that are kept, or new ones, which are kept then. */
async function embedded(
  model: EmbeddingModel,
  prompts: EmbeddingPrompts,
  sequences: readonly (readonly number[])[],
  onProgress?: OnProgress,
  kept?: KeptVectors,
): Promise<Float32Array<ArrayBuffer>> {
  const before = await kept?.read(sequences.length * model.architecture.hidden_size);
  const vectors = before ?? (await new Embedder(model, prompts, onProgress).direct(sequences));
  if (!before) await kept?.keep(vectors);
  return vectors;
}

/** A place where a model's embeddings of the same documents are kept between visits. */
export interface KeptVectors {
  /** Reads them. @returns null where no embeddings of exactly this many floats are kept. */
  read(floats: number): Promise<Float32Array<ArrayBuffer> | null>;
  keep(vectors: Float32Array): Promise<void>;
}

export interface ModelRankings {
  /** The ranking of each query. */
  found: Ranked[];
  /** L2-normalised rows (queries, C). */
  vectors: Float32Array<ArrayBuffer>;
  /** The tokens written before the embed token, by query; null where the queries were embedded at once. */
  traces: number[][] | null;
  /** Number of queries longer than the context. */
  truncated: number;
  /** Number of queries after which no embed token came. */
  notEmitted: number;
}
