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
 * What a run is a fork of, as its folder and its description keep it: whole sessions, the oldest first.
 * @throws InputError for what this version cannot read. Whether a session is a fork of them, `checkAncestors` says.
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
