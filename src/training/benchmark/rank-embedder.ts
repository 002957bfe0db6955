import type { BeirDocument, BeirQuery } from '../../formats/beir';
import type { OnProgress } from '../../lib/progress';
import { leftOutDocuments, rankedWithout } from '../../retrieval/left-out';
import { bm25Rankings } from '../../retrieval/rankings';
import type { Ranked } from '../../retrieval/top-k';
import type { DevelopmentSet } from './development-set';
import { chooseWeight, type FusionChoice } from './fusion-choice';
import type { EncodedDocuments } from './model-rankings';
import { indexed } from './score-run';

/** Rankings without the documents that are the query itself, or that it excludes. */
export function answersOnly(
  found: readonly Ranked[],
  queries: readonly BeirQuery[],
  documents: readonly BeirDocument[],
): Ranked[] {
  return rankedWithout(found, queries, documents, leftOutDocuments(queries, indexed(documents))).found;
}

/** The queries that a weight is chosen on, with BM25's rankings of them, which are the same for every model. */
export interface RankedDevelopmentSet {
  set: DevelopmentSet;
  words: readonly Ranked[];
}

export async function rankDevelopmentSet(set: DevelopmentSet): Promise<RankedDevelopmentSet> {
  const { queries, documents } = set;
  return { set, words: answersOnly(await bm25Rankings(indexed(documents), queries), queries, documents) };
}

/**
 * A model's rankings of the development queries, made as it ranks the others.
 * @param encoded its embeddings of the collection.
 * @param reasoning whether it reasons about a query first.
 */
export async function rankByEmbedder(
  { set: { queries, documents, changed } }: RankedDevelopmentSet,
  encoded: EncodedDocuments,
  reasoning: boolean,
  onProgress?: OnProgress,
): Promise<Ranked[]> {
  if (queries.length === 0) return [];
  const asked = await encoded.replaced(documents, changed, onProgress);
  const { found } = await asked.rank(queries, reasoning, onProgress);
  return answersOnly(found, queries, documents);
}

/** How a model's rankings are fused with BM25's. @param model its rankings of the development queries. */
export const chooseFusion = ({ set, words }: RankedDevelopmentSet, model: readonly Ranked[]): FusionChoice =>
  chooseWeight(set, { words, model });
