import { documentText, type BeirCollection, type BeirDocument, type BeirQuery } from '../../../formats/beir';
import { Tokenizer } from '../../../formats/tokenizer';
import type { OnProgress } from '../../../lib/progress';
import type { Task } from '../../../tasks/task';
import { unknownWords } from '../../../tasks/unknown-words';
import { EmbeddingPrompts } from '../../../training/benchmark/embedding-prompts';
import { EncodedDocuments } from '../../../training/benchmark/model-rankings';
import { taskTokenizer } from '../../../training/task-tokenizer';
import type { UnknownShare } from './api';
import type { BenchmarkModel } from './benchmark';
import { encodedKey, type EncodedStore } from './encoded-store';
import type { RankedSystem } from './finished';

/**
 * Embeds a collection with the run's model and ranks it for every query, at once and after reasoning.
 * @param kept where embeddings are kept, and the documents' hash.
 */
export async function rankByModel(
  { model, task }: BenchmarkModel,
  { documents }: BeirCollection,
  queries: readonly BeirQuery[],
  { store, corpus }: { store: EncodedStore; corpus: string },
  report: (what: 'documents' | 'direct' | 'reasoning') => OnProgress,
): Promise<{ systems: RankedSystem[]; encoded: EncodedDocuments; reopened: boolean; unknown: UnknownShare }> {
  const tokenizer = new Tokenizer(taskTokenizer(task), task.name);
  const context = model.architecture.max_position_embeddings;
  const prompts = new EmbeddingPrompts(tokenizer, context, task.name);
  await report('documents')(0, documents.length);
  const key = await encodedKey(model, task, corpus);
  let reopened = false;
  const encoded = await EncodedDocuments.encode(model, prompts, documents, report('documents'), {
    read: async (floats) => {
      const vectors = await store.read(key, floats);
      reopened = vectors !== null;
      return vectors;
    },
    keep: (vectors) => store.keep(key, vectors),
  });
  const systems: RankedSystem[] = [];
  for (const system of ['direct', 'reasoning'] as const) {
    await report(system)(0, queries.length);
    const { traces, ...ranked } = await encoded.rank(queries, system === 'reasoning', report(system));
    systems.push({
      system,
      ...ranked,
      ...(traces ? { traces: traces.map((ids) => tokenizer.decode(ids, { skipSpecialTokens: false })) } : {}),
    });
  }
  return { systems, encoded, reopened, unknown: unknownShare(task, documents, queries) };
}

/** Documents whose words are looked up: more say the same. */
const LOOKED_AT = 1000;

/** Of all words, those that the model never saw: where they are most, its scores say nothing. */
function unknownShare(task: Task, documents: readonly BeirDocument[], queries: readonly BeirQuery[]): UnknownShare {
  const share = (texts: readonly string[]): number => {
    const found = texts.map((text) => unknownWords(task, text));
    const words = found.reduce((sum, one) => sum + one.words, 0);
    return words === 0 ? 0 : found.reduce((sum, one) => sum + one.count, 0) / words;
  };
  const every = Math.max(1, Math.ceil(documents.length / LOOKED_AT));
  return {
    documents: share(documents.filter((_, row) => row % every === 0).map(documentText)),
    queries: share(queries.map(({ text }) => text)),
  };
}
