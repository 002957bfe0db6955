import { InputError } from '../lib/errors';
import { quote } from './json';
import { readLines } from './lines';

/** A document that a search returned. */
export interface ScoredDocument {
  id: string;
  score: number;
}
/** Documents by query, in no particular order: scores and ids alone decide the ranking, as for trec_eval. */
export type Run = Map<string, ScoredDocument[]>;

/**
 * Reads a TREC run file: query, `Q0`, document, rank, score and tag, separated by spaces or tabs. As for trec_eval the
 * rank column has no meaning.
 * @throws InputError for a bad line, a document twice under one query, or no line at all.
 */
export function parseRun(bytes: Uint8Array, file: string): Run {
  const run: Run = new Map();
  const seen = new Map<string, Set<string>>();
  for (const { text, where } of readLines(bytes, file)) {
    const fields = text.trim().split(/\s+/);
    const [query = '', , id = '', , scoreText = ''] = fields;
    if (fields.length !== 6) {
      throw new InputError(`${where}: ${fields.length} fields, expected six: query, Q0, document, rank, score and tag`);
    }
    const score = /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(scoreText) ? Number(scoreText) : NaN;
    if (!Number.isFinite(score)) throw new InputError(`${where}: score is ${quote(scoreText)}, expected a number`);
    const documents = run.get(query) ?? [];
    const ids = seen.get(query) ?? new Set<string>();
    if (ids.has(id)) {
      throw new InputError(
        `${where}: document ${quote(id)} again for query ${quote(query)}, expected every document once`,
      );
    }
    ids.add(id);
    documents.push({ id, score });
    seen.set(query, ids);
    run.set(query, documents);
  }
  if (run.size === 0) throw new InputError(`${file}: no lines, expected a TREC run file`);
  return run;
}

/**
 * Writes a run, each query's documents in the order given, ranks from 1. Scores have 9 digits, so that reading them
 * back as f32 gives the same numbers.
 * @param tag names the system, without white space.
 * @throws InputError for an id that holds white space, which the format cannot carry.
 */
export function writeRun(run: ReadonlyMap<string, readonly ScoredDocument[]>, tag: string): string {
  const lines: string[] = [];
  for (const [query, documents] of run) {
    checkWord(query, 'query');
    documents.forEach(({ id, score }, row) => {
      checkWord(id, 'document');
      lines.push(`${query} Q0 ${id} ${row + 1} ${Number(score.toPrecision(9))} ${tag}\n`);
    });
  }
  return lines.join('');
}

function checkWord(id: string, what: string): void {
  if (!/^\S+$/.test(id)) throw new InputError(`run: ${what} ${quote(id)}, expected an id without white space`);
}
