import type { BeirCollection, LeftOut } from '../../formats/beir';
import { InputError } from '../../lib/errors';
import type { RetrievalMetrics } from '../../records/records';
import { evaluateRun } from '../../retrieval/metrics';

/** What `score`, `bm25` and `eval` print. */
export interface RunScore extends RetrievalMetrics {
  /** Queries that the means are over. */
  queries: number;
  /** Documents of the collection. */
  docs: number;
  left_out: LeftOut & {
    /** Judged queries without a relevant document. */
    queries_without_relevant: number;
    /** Queries of the run that the split does not judge. */
    queries_not_judged: number;
  };
  /** Judged queries for which the run has nothing; each counts as 0 in every mean. */
  queries_not_in_run: number;
  /** Documents of the run that the collection does not hold; each counts as not relevant. */
  documents_not_in_corpus: number;
}

/**
 * Scores a run against a split.
 * @param where the judgements' name, for the message.
 * @throws InputError where no query of the split has a relevant document.
 */
export function scoreRun(
  run: ReadonlyMap<string, readonly { id: string; score: number }[]>,
  { documents, qrels, leftOut }: BeirCollection,
  where: string,
): RunScore {
  const { mean, perQuery, queriesNotInRun, queriesWithoutRelevant } = evaluateRun(run, qrels);
  if (perQuery.size === 0) {
    throw new InputError(`${where}: no query with a relevant document, expected at least one`);
  }
  const known = new Set(documents.map(({ id }) => id));
  const unknown = new Set<string>();
  for (const found of run.values()) for (const { id } of found) if (!known.has(id)) unknown.add(id);
  return {
    ...mean,
    queries: perQuery.size,
    docs: documents.length,
    left_out: {
      ...leftOut,
      queries_without_relevant: queriesWithoutRelevant,
      queries_not_judged: [...run.keys()].filter((query) => !qrels.has(query)).length,
    },
    queries_not_in_run: queriesNotInRun,
    documents_not_in_corpus: unknown.size,
  };
}
