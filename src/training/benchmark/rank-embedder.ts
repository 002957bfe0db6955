import type { BeirDocument, BeirQuery } from '../../formats/beir';
import type { OnProgress } from '../../lib/progress';
import { leftOutDocuments, rankedWithout } from '../../retrieval/left-out';
import { bm25Rankings } from '../../retrieval/rankings';
import type { Ranked } from '../../retrieval/top-k';
import type { DevelopmentSet } from './development-set';
import { chooseWeight, type FusionChoice } from './fusion-choice';
import { chooseTogether, fuseTogether, type TogetherChoice } from './fusion-together';
import type { EncodedDocuments, KeptVectors } from './model-rankings';
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
 * @param kept where embeddings of the documents that differ from the collection's are kept.
 */
export async function rankByEmbedder(
  { set: { queries, documents, changed } }: RankedDevelopmentSet,
  encoded: EncodedDocuments,
  reasoning: boolean,
  onProgress?: OnProgress,
  kept?: KeptVectors,
): Promise<Ranked[]> {
  if (queries.length === 0) return [];
  const asked = await encoded.replaced(documents, changed, onProgress, kept);
  const { found } = await asked.rank(queries, reasoning, onProgress);
  return answersOnly(found, queries, documents);
}

/** How a model's rankings are fused with BM25's. @param model its rankings of the development queries. */
export const chooseFusion = ({ set, words }: RankedDevelopmentSet, model: readonly Ranked[]): FusionChoice =>
  chooseWeight(set, { words, model });

/** The answers of a model, and its rankings of the queries that weights are chosen on. */
export interface RankedModel {
  found: readonly Ranked[];
  development: { set: RankedDevelopmentSet; ranked: readonly Ranked[] };
}

/** An embedder that stands beside a model: its answers, and what it embeds further queries with. */
export interface RankedRival {
  name: string;
  found: readonly Ranked[];
  encoded: EncodedDocuments;
}

/**
 * Fuses BM25's rankings, an embedder's and a model's, by weights that are chosen on what the model never trained on; and
 * those of BM25 and the embedder by weights that are chosen on the same, beside which stands what the model adds.
 * @param words BM25's rankings of the queries that the others answered.
 */
export async function fuseWithRival(
  words: readonly Ranked[],
  { found, development: { set, ranked } }: RankedModel,
  rival: RankedRival,
  documents: readonly BeirDocument[],
  onProgress?: OnProgress,
): Promise<{ choice: TogetherChoice; found: Ranked[]; without: Ranked[] }> {
  const there = { words: set.words, rival: await rankByEmbedder(set, rival.encoded, false, onProgress), model: ranked };
  const choice = chooseTogether(set.set, there, rival.name);
  const rankings = { words, rival: rival.found, model: found };
  const without = fuseTogether({ weights: choice.weights_without }, rankings, documents);
  return { choice, found: fuseTogether(choice, rankings, documents), without };
}
