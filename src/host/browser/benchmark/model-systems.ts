import type { BeirCollection, BeirQuery } from '../../../formats/beir';
import { Tokenizer } from '../../../formats/tokenizer';
import type { Tell } from '../../../retrieval/rankings';
import { EmbeddingPrompts } from '../../../training/benchmark/embedding-prompts';
import { EncodedDocuments } from '../../../training/benchmark/model-rankings';
import { taskTokenizer } from '../../../training/task-tokenizer';
import type { BenchmarkModel } from './benchmark';
import type { RankedSystem } from './finished';

/** Embeds a collection with the run's model and ranks it for every query, at once and after reasoning. */
export async function rankByModel(
  { model, task }: BenchmarkModel,
  { documents }: BeirCollection,
  queries: readonly BeirQuery[],
  report: (what: 'documents' | 'direct' | 'reasoning') => Tell,
): Promise<{ systems: RankedSystem[]; encoded: EncodedDocuments }> {
  const tokenizer = new Tokenizer(taskTokenizer(task), task.name);
  const context = model.architecture.max_position_embeddings;
  const prompts = new EmbeddingPrompts(tokenizer, context, task.name);
  await report('documents')(0, documents.length);
  const encoded = await EncodedDocuments.encode(model, prompts, documents, report('documents'));
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
  return { systems, encoded };
}
