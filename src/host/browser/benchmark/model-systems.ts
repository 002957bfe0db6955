import { documentText, type BeirCollection, type BeirDocument, type BeirQuery } from '../../../formats/beir';
import type { OnProgress } from '../../../lib/progress';
import type { UnknownWords } from '../../../tasks/unknown-words';
import { EncodedDocuments } from '../../../training/benchmark/model-rankings';
import type { UnknownShare } from './api';
import type { BenchmarkModel } from './benchmark-model';
import type { EncodedStore } from './encoded-store';
import type { RankedSystem } from './finished';

/**
 * Embeds a collection with a model and ranks it for every query, at once and, where the model was taught to, after reasoning.
 * @param kept where embeddings are kept, and the documents' hash.
 */
export async function rankByModel(
  { model, reader }: BenchmarkModel,
  { documents }: BeirCollection,
  queries: readonly BeirQuery[],
  { store, corpus }: { store: EncodedStore; corpus: string },
  report: (what: 'documents' | 'direct' | 'reasoning') => OnProgress,
): Promise<{ systems: RankedSystem[]; encoded: EncodedDocuments; reopened: boolean; unknown: UnknownShare | null }> {
  const read = await reader();
  const { prompts, decode, unknown } = read;
  await report('documents')(0, documents.length);
  const kept = store.under(await read.key(corpus));
  const encoded = await EncodedDocuments.encode(model, prompts, documents, report('documents'), kept);
  const systems: RankedSystem[] = [];
  for (const system of read.reasons ? (['direct', 'reasoning'] as const) : (['direct'] as const)) {
    await report(system)(0, queries.length);
    const { traces, ...ranked } = await encoded.rank(queries, system === 'reasoning', report(system));
    systems.push({ system, ...ranked, ...(traces ? { traces: traces.map(decode) } : {}) });
  }
  return { systems, encoded, reopened: kept.reopened, unknown: unknown && unknownShare(unknown, documents, queries) };
}

/** Documents whose words are looked up: more say the same. */
const LOOKED_AT = 1000;

/** Of all words, those that the model never saw: where they are most, its scores say nothing. */
function unknownShare(
  unknownWords: (text: string) => UnknownWords,
  documents: readonly BeirDocument[],
  queries: readonly BeirQuery[],
): UnknownShare {
  const share = (texts: readonly string[]): number => {
    const found = texts.map((text) => unknownWords(text));
    const words = found.reduce((sum, one) => sum + one.words, 0);
    return words === 0 ? 0 : found.reduce((sum, one) => sum + one.count, 0) / words;
  };
  const every = Math.max(1, Math.ceil(documents.length / LOOKED_AT));
  return {
    documents: share(documents.filter((_, row) => row % every === 0).map(documentText)),
    queries: share(queries.map(({ text }) => text)),
  };
}
