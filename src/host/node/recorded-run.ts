import { existsSync } from 'node:fs';
import { join } from 'node:path';
import * as v from 'valibot';
import { sameAncestors } from '../../config/ancestors';
import { diffSession } from '../../config/edit-session';
import { withoutParts, type RunSession } from '../../config/micro-batches';
import { FIRST_NUMERICS } from '../../config/numerics';
import { parseSession } from '../../config/parse-session';
import type { Session } from '../../config/session';
import { decodeUtf8, parseJson, quote } from '../../formats/json';
import { readLines } from '../../formats/lines';
import { InputError } from '../../lib/errors';
import type { FingerprintFile } from '../../session/fingerprint';
import { listFolder, readBytes } from './files';
import { readAncestors } from './run-folder';

/** A recorded run that a re-run is compared with: a run's folder, or the claim of a link. */
export interface RecordedRun {
  /** Hexadecimal digits that the last step's link of the chain starts with. */
  fingerprint: string;
  /** The start of each step's link; null where only the last is known, as in a claim. */
  steps: readonly string[] | null;
  /** The starts of a few steps' links, where a claim has them and not all steps. */
  marks?: string;
  numerics: number;
  /** The session of the recorded run, which may differ in its micro-batches; absent for a claim. */
  run?: RunSession;
  /** Losses from step 1; null for one that is not finite. Empty where none were recorded. */
  losses: readonly (number | null)[];
  /** Final metrics, `ndcg_cut_10/reasoning`. */
  metrics: Readonly<Record<string, number>>;
}

const hex = (digits: number) => v.pipe(v.string(), v.regex(new RegExp(`^[0-9a-f]{${digits}}$`)));
const fingerprintSchema = v.object({
  fingerprint: hex(64),
  numerics: v.optional(v.pipe(v.number(), v.safeInteger(), v.minValue(1)), FIRST_NUMERICS),
  adapter: v.optional(v.string(), ''),
  steps: v.pipe(v.array(hex(12)), v.minLength(1)),
});
const lineSchema = v.object({ step: v.number(), loss: v.nullable(v.number()) });
const evaluationSchema = v.record(v.string(), v.record(v.string(), v.looseObject({ ndcg_cut_10: v.number() })));

/**
 * Reads a recorded run from its folder; `metrics.jsonl` and `evaluation.json` may be missing.
 * @param expected the session that it should be a run of, in any number of micro-batches.
 * @throws InputError for a damaged file, or a run of another session; the title makes no other session.
 */
export function readRecordedRun(path: string, expected: RunSession, totalSteps: number): RecordedRun {
  const names = listFolder(path, "a run's folder");
  if (!names.includes('fingerprint.json')) {
    throw new InputError(`${path}: no fingerprint.json, expected the folder of a run that ended or was stopped`);
  }
  const run = { session: readSession(join(path, 'session.json')), ancestors: readAncestors(path) };
  const [asked, recorded] = [withoutParts(expected), withoutParts(run)];
  checkSameSession(join(path, 'session.json'), asked.session, recorded.session);
  if (!sameAncestors(recorded.ancestors, asked.ancestors)) {
    throw new InputError(`${path}: a fork of other steps, expected the one that the session is, if it is one`);
  }
  const { fingerprint, numerics, steps } = readFingerprint(join(path, 'fingerprint.json'));
  if (steps.length > totalSteps) {
    throw new InputError(
      `${join(path, 'fingerprint.json')}: ${steps.length} steps, expected at most the session's ${totalSteps}`,
    );
  }
  return {
    fingerprint,
    numerics,
    run,
    steps,
    losses: readLosses(join(path, 'metrics.jsonl')),
    metrics: readHeadline(join(path, 'evaluation.json')),
  };
}

function readJson(path: string, expected: string): unknown {
  return parseJson(decodeUtf8(readBytes(path, expected), path), path);
}

const readSession = (path: string): Session => parseSession(readJson(path, "a run's session"), path);

function checkSameSession(path: string, session: Session, recorded: Session): void {
  const other = diffSession(session, recorded).find(({ path: setting }) => setting !== 'title');
  if (other) {
    throw new InputError(`${path}: ${other.path} is ${quote(other.to)}, expected ${quote(other.from)}, the session's`);
  }
}

export function readFingerprint(path: string): Required<FingerprintFile> {
  const result = v.safeParse(fingerprintSchema, readJson(path, "a run's fingerprint"));
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new InputError(
    `${path}: ${v.getDotPath(issue) ?? 'fingerprint'} is ${quote(issue.input)}, expected a fingerprint of 64 hexadecimal digits and 12 for each step`,
  );
}

function readLosses(path: string): (number | null)[] {
  if (!existsSync(path)) return [];
  const losses: (number | null)[] = [];
  for (const { text, where } of readLines(readBytes(path, "a run's metrics"), path)) {
    const line = v.safeParse(lineSchema, parseJson(text, where));
    if (!line.success || line.output.step !== losses.length + 1) {
      throw new InputError(`${where}: ${quote(text)}, expected the metrics of step ${losses.length + 1}`);
    }
    losses.push(line.output.loss);
  }
  return losses;
}

function readHeadline(path: string): Record<string, number> {
  if (!existsSync(path)) return {};
  const result = v.safeParse(evaluationSchema, readJson(path, "a run's evaluation"));
  if (!result.success) {
    throw new InputError(`${path}: ${v.getDotPath(result.issues[0]) ?? 'split'} is wrong, expected a run's evaluation`);
  }
  return headline(result.output);
}

/** nDCG@10 of every arm on the test split (dev where there is none), by the names that a link's claim uses. */
export function headline(
  evaluation: Readonly<Partial<Record<string, Readonly<Partial<Record<string, { ndcg_cut_10: number }>>>>>>,
): Record<string, number> {
  const metrics: Record<string, number> = {};
  const arms = evaluation['test'] ?? evaluation['dev'] ?? {};
  for (const [arm, result] of Object.entries(arms)) if (result) metrics[`ndcg_cut_10/${arm}`] = result.ndcg_cut_10;
  // The arm that a claim sets beside the reasoning one.
  const without = arms['direct'] ?? arms['forced'] ?? arms['filler'];
  if (without) metrics['ndcg_cut_10/without'] = without.ndcg_cut_10;
  return metrics;
}
