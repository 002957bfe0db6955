import * as v from 'valibot';
import { MOST_ANCESTORS } from '../config/ancestors';
import { FIRST_NUMERICS } from '../config/numerics';
import { InputError } from '../lib/errors';
import { shown } from '../lib/text';
import { MARKS_PATTERN } from '../records/marks';

// What a link carries beside the session: the claim of its result, the selection, and the ancestors of a fork.

const line = (maxLength: number) => {
  const expected = `one line of at most ${maxLength} characters`;
  return v.pipe(v.string(expected), v.maxLength(maxLength, expected), v.regex(/^[^\p{Cc}\p{Cs}]*$/u, expected));
};
const place = (max: number) => {
  const expected = `a whole number between 0 and ${max}`;
  return v.pipe(v.number(expected), v.integer(expected), v.minValue(0, expected), v.maxValue(max, expected));
};
const finite = v.pipe(v.number('a finite number'), v.finite('a finite number'));
const metricName = v.pipe(
  v.string(),
  v.regex(/^[a-z][\w/.@-]{0,59}$/i, 'a name of at most 60 letters, digits and _/.@-'),
);
const fingerprint = v.pipe(
  v.string('8 to 64 hexadecimal digits'),
  v.regex(/^[0-9a-f]{8,64}$/, '8 to 64 hexadecimal digits'),
);

const LATER = `a whole number from ${FIRST_NUMERICS + 1} to 65535`;
const numerics = v.pipe(
  v.number(LATER),
  v.integer(LATER),
  v.minValue(FIRST_NUMERICS + 1, LATER),
  v.maxValue(65_535, LATER),
);

const PARTS = 'a whole number from 2 to 4096';
const microBatches = v.pipe(v.number(PARTS), v.integer(PARTS), v.minValue(2, PARTS), v.maxValue(4096, PARTS));

const MARKS = 'one to eight groups of 4 hexadecimal digits';

const selectionSchema = v.strictObject({
  run: v.exactOptional(line(64)),
  step: v.exactOptional(place(10_000_000)),
  query: v.exactOptional(line(200)),
  completion: v.exactOptional(place(1_000_000)),
  document: v.exactOptional(place(100_000_000)),
});

const claimSchema = v.strictObject({
  fingerprint,
  metrics: v.pipe(v.record(metricName, finite, 'an object of numbers'), v.maxEntries(32, 'at most 32 metrics')),
  adapter: line(160),
  marks: v.exactOptional(v.pipe(v.string(MARKS), v.regex(MARKS_PATTERN, MARKS))),
  /** Numerics of the run; the first is left out, so that a claim has one spelling, and older links mean it. */
  numerics: v.exactOptional(numerics),
  /** Parts that its last steps were computed in; one is left out likewise. */
  micro_batches: v.exactOptional(microBatches),
});

const CHANGES = 'what its settings are, by path';
const leafValue = v.union([v.number(), v.boolean(), v.string(), v.array(v.number()), v.array(v.string())], CHANGES);

/** An ancestor of a fork, the oldest first; written as its difference to the next one, or to the link's own session. */
const forkSchema = v.strictObject({
  step: v.pipe(place(10_000_000), v.minValue(1, 'a step of its own')),
  link: v.exactOptional(fingerprint),
  changes: v.pipe(v.record(v.string(), leafValue, CHANGES), v.maxEntries(200, 'at most 200 settings')),
});

const extrasSchema = v.strictObject({
  forks: v.exactOptional(
    v.pipe(
      v.array(forkSchema, 'a list of forks'),
      v.minLength(1, 'one fork or more'),
      v.maxLength(MOST_ANCESTORS, `at most ${MOST_ANCESTORS} forks`),
    ),
  ),
  selection: v.exactOptional(selectionSchema),
  claim: v.exactOptional(claimSchema),
});

/** The step and completion that the receiver should look at. */
export type LinkSelection = v.InferOutput<typeof selectionSchema>;
/** The sender's claim of the result, not verified. */
export type LinkClaim = v.InferOutput<typeof claimSchema>;
export type LinkFork = v.InferOutput<typeof forkSchema>;
export type LinkExtras = v.InferOutput<typeof extrasSchema>;

/**
 * Selection and claim, checked, keys in one order.
 * @throws InputError with the first problem.
 */
export function parseExtras(json: unknown, where: string): LinkExtras {
  const result = v.safeParse(extrasSchema, json, { abortEarly: true });
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = (issue.path ?? []).map((item) => shown(item.key).replace(/^"|"$/g, '')).join('.');
  const subject = path ? `${where}: ${path}` : where;
  if (issue.type === 'strict_object' && issue.expected === 'never') {
    throw new InputError(`${subject} is no part of a link, expected only what this version knows`);
  }
  const expected = issue.type === 'strict_object' ? 'an object' : issue.message;
  throw new InputError(`${subject} is ${shown(issue.input)}, expected ${expected}`);
}

/** Writes the extras of a link: JSON with the keys in one order; empty where there are none. */
export function writeExtras(extras: LinkExtras): string {
  const text = JSON.stringify(parseExtras(extras, 'link'));
  return text === '{}' ? '' : text;
}

/**
 * Reads what `writeExtras` wrote, and no other text: not even the same values in another order or spelling.
 * @throws InputError
 */
export function readExtras(text: string, where: string): LinkExtras {
  if (text === '') return {};
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new InputError(`${where} ends in ${shown(text)}, expected its selection and claim as JSON`);
  }
  const extras = parseExtras(json, where);
  if (writeExtras(extras) !== text) {
    throw new InputError(`${where} ends in ${shown(text)}, expected its selection and claim in their one spelling`);
  }
  return extras;
}
