import * as v from 'valibot';
import { checkAncestors, type Ancestors } from '../config/ancestors';
import { FIRST_NUMERICS } from '../config/numerics';
import { STAGES } from '../config/stages';
import { parseSession } from '../config/parse-session';
import type { Session } from '../config/session';
import { decodeUtf8, parseJson } from '../formats/json';
import { ERROR_CODES, InputError, plainFailure, type ErrorData } from '../lib/errors';
import { evaluationSchema } from '../records/record-schemas';
import type { EvaluationPoint, StepMetrics } from '../records/records';
import { parseAncestors } from '../session/ancestors-file';
import { parseExtras, type LinkClaim } from '../session/link-extras';

/** The most characters of the names and notes that the user gives a run. */
const TITLE_LENGTH = 80;
const NOTES_LENGTH = 10_000;
const TAG_LENGTH = 40;
const MOST_TAGS = 16;

const aboutSchema = v.strictObject({
  title: v.pipe(v.string(), v.maxLength(TITLE_LENGTH)),
  notes: v.pipe(v.string(), v.maxLength(NOTES_LENGTH)),
  tags: v.pipe(v.array(v.pipe(v.string(), v.maxLength(TAG_LENGTH))), v.maxLength(MOST_TAGS)),
});
export type AboutRun = v.InferOutput<typeof aboutSchema>;
export const UNNAMED: AboutRun = { title: '', notes: '', tags: [] };

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const planSchema = v.strictObject({
  stages: v.array(v.strictObject({ stage: v.picklist(STAGES), firstStep: count, steps: count })),
  totalSteps: count,
  documents: count,
  parameters: count,
  vocabulary: count,
});

const runSchema = v.strictObject({
  format: v.literal(1),
  session: v.unknown(),
  /** Milliseconds since 1970. */
  created: v.number(),
  updated: v.number(),
  /** The run's status; `going` until it ends: one whose lock is free was interrupted. */
  status: v.picklist(['going', 'finished', 'stopped', 'failed']),
  /** Why it is so, in words. */
  reason: v.nullable(v.string()),
  /** The same as data; absent where there are only the words. */
  error: v.exactOptional(
    v.strictObject({
      code: v.nullable(v.picklist(ERROR_CODES)),
      path: v.nullable(v.string()),
      value: v.unknown(),
      expected: v.nullable(v.string()),
    }),
  ),
  /** Time spent training and evaluating, pauses left out. */
  spentMs: v.number(),
  /** The run's plan; null until it has begun. */
  plan: v.nullable(planSchema),
  /** Steps after which a state was kept, ascending. The newest alone can be continued from. */
  checkpoints: v.array(count),
  adapter: v.string(),
  evaluation: v.nullable(evaluationSchema),
  /** The fingerprint of a finished run, and the start of each step's link. */
  fingerprint: v.nullable(v.strictObject({ fingerprint: v.string(), steps: v.array(v.string()) })),
  /** See `config/numerics.ts`. */
  numerics: v.optional(count, FIRST_NUMERICS),
  /** The claim of the link that the run came from. */
  claim: v.unknown(),
  /** The ancestors of a fork, the oldest first; absent for a run that is no fork. */
  ancestors: v.exactOptional(v.unknown()),
  /** Runs that were started together share it. */
  group: v.nullable(v.string()),
  /** Number of runs in the group; 0 where it is not known. */
  groupSize: v.optional(count, 0),
  /** The headline over the run, for a sparkline: held-out nDCG@10, or the loss before there is any. */
  curve: v.array(v.number()),
});
type Stored = v.InferOutput<typeof runSchema>;

/** The description of a run, without its records. */
export interface RunFile extends Omit<Stored, 'session' | 'claim' | 'ancestors' | 'reason' | 'error'> {
  /** Why it is as it is; null where nothing went wrong. */
  error: ErrorData | null;
  session: Session;
  ancestors?: Ancestors;
  claim: LinkClaim | null;
}

/** @throws InputError for what this version cannot read. */
export function readRunFile(bytes: Uint8Array, where: string): RunFile {
  const result = v.safeParse(runSchema, parseJson(decodeUtf8(bytes, where), where));
  if (!result.success) {
    throw new InputError(`${where}: ${v.getDotPath(result.issues[0]) ?? 'it'} is wrong, expected a run's description`);
  }
  const { session: own, claim, ancestors = [], reason, error, ...rest } = result.output;
  const session = parseSession(own, where);
  const from = parseAncestors(ancestors, where);
  checkAncestors(session, from, where);
  return {
    ...rest,
    error: reason === null ? null : { ...plainFailure(reason), ...error },
    session,
    ...(from.length > 0 ? { ancestors: from } : {}),
    claim: claim === null ? null : (parseExtras({ claim }, where).claim ?? null),
  };
}

export function writeRunFile({ error, ...rest }: RunFile): Uint8Array<ArrayBuffer> {
  if (!error) return toBytes({ ...rest, reason: null });
  const { message: reason, ...data } = error;
  const isPlain = data.code === null && data.path === null;
  return toBytes({ ...rest, reason, ...(isPlain ? {} : { error: data }) });
}

/** @throws InputError for what this version cannot read. */
export function readAbout(bytes: Uint8Array, where: string): AboutRun {
  const result = v.safeParse(aboutSchema, parseJson(decodeUtf8(bytes, where), where));
  if (result.success) return result.output;
  throw new InputError(
    `${where}: ${v.getDotPath(result.issues[0]) ?? 'it'} is wrong, expected a title, notes and tags`,
  );
}

/** Points of a sparkline. */
const MOST_POINTS = 48;

/** A run's course in a few points: its headline where it was evaluated more than once, or its loss. */
export const sparkline = (
  points: readonly EvaluationPoint[],
  metrics: readonly Pick<StepMetrics, 'loss'>[],
): number[] => thinnedValues(points.length > 1 ? points.map(headlineValue) : metrics.map(({ loss }) => loss));

export function headlineValue({ arms }: EvaluationPoint): number {
  const { reasoning, direct, filler } = arms;
  return (reasoning ?? direct ?? filler)?.ndcg_cut_10 ?? 0;
}

/** At most this many finite values, the last one included. */
export function thinnedValues(values: readonly number[]): number[] {
  const finite = values.filter(Number.isFinite);
  const stride = Math.ceil(finite.length / MOST_POINTS);
  return stride <= 1 ? finite : finite.filter((_, at) => (finite.length - 1 - at) % stride === 0);
}

export const toBytes = (value: unknown): Uint8Array<ArrayBuffer> =>
  new TextEncoder().encode(`${JSON.stringify(value, null, 2)}\n`);
