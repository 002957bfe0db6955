import type { BeirCollection } from '../../formats/beir';
import { parseRun } from '../../formats/trec';
import { InputError } from '../../lib/errors';
import { readBytes } from './files';

/** A TREC run restricted to a split, and counts of what was left out of it. */
export interface BaselineRun {
  run: Map<string, { id: string; score: number }[]>;
  left_out: {
    /** Number of queries of the run that the split does not judge. */
    queries_not_judged: number;
    /** Number of ranked documents that the collection lacks. */
    documents_not_in_corpus: number;
  };
  /** Sentences for the user on what was left out. */
  notices: string[];
}

/**
 * Reads a TREC run that is compared with a model.
 * @throws InputError for a file that is no run, or one that ranks nothing for any query of the split.
 */
export function readBaseline(file: string, { documents, qrels }: BeirCollection, split: string): BaselineRun {
  const read = parseRun(readBytes(file, 'a TREC run file'), file);
  const known = new Set(documents.map(({ id }) => id));
  const unknown = new Set<string>();
  const run = new Map<string, { id: string; score: number }[]>();
  let queries = 0;
  for (const [query, found] of read) {
    if (!qrels.has(query)) {
      queries++;
      continue;
    }
    run.set(
      query,
      found.filter(({ id }) => known.has(id) || (unknown.add(id), false)),
    );
  }
  if (run.size === 0) {
    throw new InputError(`${file}: none of its ${read.size} queries is one of ${split}, expected a run of that split`);
  }
  const notices = [
    queries > 0 &&
      `${file}: ${queries} of its queries ${queries === 1 ? 'is' : 'are'} not judged in ${split} and left out`,
    unknown.size > 0 &&
      `${file}: ${unknown.size} of its documents ${unknown.size === 1 ? 'is' : 'are'} not in the collection and left out`,
  ].filter((text) => text !== false);
  return { run, left_out: { queries_not_judged: queries, documents_not_in_corpus: unknown.size }, notices };
}
