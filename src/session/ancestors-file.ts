import * as v from 'valibot';
import type { Ancestors } from '../config/ancestors';
import { parseSession } from '../config/parse-session';
import { InputError } from '../lib/errors';

const schema = v.array(
  v.strictObject({
    session: v.unknown(),
    step: v.pipe(v.number(), v.safeInteger(), v.minValue(1)),
    link: v.pipe(v.string(), v.regex(/^(?:[0-9a-f]{8,64})?$/)),
  }),
);

/**
 * Parses a fork's ancestors as a run's folder and description keep them: whole sessions, the oldest first. Whether a
 * session is a fork of them, `checkAncestors` says.
 * @throws InputError for what this version cannot read.
 */
export function parseAncestors(json: unknown, where: string): Ancestors {
  const result = v.safeParse(schema, json);
  if (!result.success) {
    throw new InputError(
      `${where}: ${v.getDotPath(result.issues[0]) ?? 'it'} is wrong, expected the sessions of a fork`,
    );
  }
  return result.output.map(({ session, ...rest }) => ({ ...rest, session: parseSession(session, where) }));
}
