import type { BeirCollection, BeirDocument, BeirQuery } from '../../../formats/beir';
import { Tokenizer } from '../../../formats/tokenizer';
import type { Tell } from '../../../retrieval/rankings';
import type { Task } from '../../../tasks/task';
import { EmbeddingPrompts } from '../../../training/benchmark/embedding-prompts';
import { chooseWeight, type Title } from '../../../training/benchmark/fusion-weight';
import { EncodedDocuments } from '../../../training/benchmark/model-rankings';
import { taskTokenizer } from '../../../training/task-tokenizer';
import type { BenchmarkResult } from './api';
import type { BenchmarkModel } from './benchmark';
import type { RankedSystem } from './finished';

/** Titles that the weight of the fusion is chosen by, and with fewer of them it is not. */
const MOST_TITLES = 100;
const LEAST_TITLES = 8;

/**
 * Embeds a collection with the run's model and ranks it for every query, at once and after reasoning; chooses what the
 * model's ranking should weigh beside BM25's, where there are titles to choose it by.
 * @param corpus hash of the collection's documents.
 */
export async function rankByModel(
  { model, task }: BenchmarkModel,
  { documents }: BeirCollection,
  corpus: string,
  queries: readonly BeirQuery[],
  report: (what: 'documents' | 'direct' | 'reasoning' | 'titles') => Tell,
): Promise<{ systems: RankedSystem[]; encoded: EncodedDocuments; weight: BenchmarkResult['weight'] }> {
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
  const { titles, areHeldOut } = titlesOf(task, corpus, documents);
  if (titles.length < LEAST_TITLES) return { systems, encoded, weight: null };
  const bodies = documents.map(({ id, title, text }) => ({ id, title: '', text: text.trim() === '' ? title : text }));
  await report('titles')(0, bodies.length);
  const { chosen } = await chooseWeight(model, prompts, bodies, titles, report('titles'));
  return { systems, encoded, weight: { model: chosen, titles: titles.length, areHeldOut } };
}

/** Titles that should find their own texts: those that training has not seen, where it was these documents. */
function titlesOf(
  task: Task,
  corpus: string,
  documents: readonly BeirDocument[],
): { titles: Title[]; areHeldOut: boolean } {
  const trained = task.name === 'text' && task.dataHash === corpus;
  const rows = [...documents.keys()].filter(
    (row) => documents[row]!.title !== '' && documents[row]!.text.trim() !== '',
  );
  const all = trained
    ? (['dev', 'test'] as const).flatMap((split) =>
        task.heldOut(split, MOST_TITLES).map(({ text, relevant }) => ({ text, row: relevant[0]!.document })),
      )
    : rows.map((row) => ({ text: documents[row]!.title, row }));
  const every = Math.max(1, Math.ceil(all.length / MOST_TITLES));
  return { titles: all.filter((_, i) => i % every === 0), areHeldOut: trained };
}
