import { documentText, type BeirCollection, type BeirDocument, type BeirQuery } from '../../../formats/beir';
import type { OnProgress } from '../../../lib/progress';
import type { UnknownWords } from '../../../tasks/unknown-words';
import type { Ranked } from '../../../retrieval/top-k';
import type { DevelopmentSet } from '../../../training/benchmark/development-set';
import { fuseChosen } from '../../../training/benchmark/fusion-choice';
import { EncodedDocuments } from '../../../training/benchmark/model-rankings';
import {
  answersOnly,
  chooseFusion,
  rankByEmbedder,
  fuseWithRival,
  rankDevelopmentSet,
  type RankedModel,
} from '../../../training/benchmark/rank-embedder';
import type { UnknownShare } from './api';
import type { BenchmarkModel } from './benchmark-model';
import type { EncodedStore } from './encoded-store';
import type { RankedSystem } from './finished';

export interface RankingParts {
  /** The storage of embeddings. */
  store: EncodedStore;
  /** The documents' hash. */
  corpus: string;
  /** BM25's rankings of the queries, without documents that are a query itself. */
  lexical: readonly Ranked[];
  /** Makes the queries that a fusion weight is chosen on. @param isHeldOut see `developmentSet`. */
  developmentSet: (isHeldOut?: (row: number) => boolean) => DevelopmentSet;
}

/**
 * Embeds a collection with a model and ranks it for every query, at once and, where the model was taught to, after reasoning;
 * each is fused with BM25 by a weight that the rule chooses.
 * @param beside what another model found, of which this one, named so, is the rival: all are fused too.
 */
export async function rankByModel(
  { model, reader }: BenchmarkModel,
  { documents }: BeirCollection,
  queries: readonly BeirQuery[],
  { store, corpus, lexical, developmentSet }: RankingParts,
  report: (what: 'documents' | 'direct' | 'reasoning' | 'weights') => OnProgress,
  beside?: { atOnce: RankedModel; name: string },
): Promise<{
  systems: RankedSystem[];
  encoded: EncodedDocuments;
  reopened: boolean;
  unknown: UnknownShare | null;
  atOnce: RankedModel;
}> {
  const read = await reader();
  const { prompts, decode, unknown } = read;
  await report('documents')(0, documents.length);
  const kept = store.under(await read.key(corpus));
  const encoded = await EncodedDocuments.encode(model, prompts, documents, report('documents'), kept);
  const systems: RankedSystem[] = [];
  const fusions: RankedSystem[] = [];
  const set = await rankDevelopmentSet(developmentSet(read.heldOut(corpus)));
  const rankBy = async (system: 'direct' | 'reasoning'): Promise<RankedModel> => {
    const reasons = system === 'reasoning';
    await report(system)(0, queries.length);
    const { traces, ...ranked } = await encoded.rank(queries, reasons, report(system));
    const found = answersOnly(ranked.found, queries, documents);
    systems.push({ system, ...ranked, ...(traces ? { traces: traces.map(decode) } : {}) });
    const development = { set, ranked: await rankByEmbedder(set, encoded, reasons, report('weights')) };
    const choice = chooseFusion(set, development.ranked);
    fusions.push({
      system: reasons ? 'fusion' : 'fusion_direct',
      found: fuseChosen(choice, { words: lexical, model: found }, documents),
      fused: choice.why,
      truncated: 0,
      notEmitted: 0,
    });
    return { found, development };
  };
  const atOnce = await rankBy('direct');
  if (read.reasons) await rankBy('reasoning');
  systems.push(...fusions);
  if (beside) {
    const rival = { name: beside.name, found: atOnce.found, encoded };
    const { choice, found } = await fuseWithRival(lexical, beside.atOnce, rival, documents, report('weights'));
    systems.push({ system: 'fusion_together', found, fused: choice.why, truncated: 0, notEmitted: 0 });
  }
  return {
    systems,
    encoded,
    reopened: kept.reopened,
    unknown: unknown && unknownShare(unknown, documents, queries),
    atOnce,
  };
}

/** The most documents whose words are checked: more say the same. */
const LOOKED_AT = 1000;

/** The share of words that the model never saw: where most are unknown, its scores say nothing. */
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
