import * as v from 'valibot';
import { InputError } from '../lib/errors';
import { nearest, shown } from '../lib/text';
import { ofItsTask, writtenSchema, type Session } from './session';
import { checkSession, settingError } from './session-checks';
import { isRecord, leafAt, sessionKeys, valueAt } from './session-paths';
import { unreadTaskSettings } from './tasks';

/**
 * Reads a session: absent keys take their defaults, unknown ones are refused, every value and combination is checked.
 * @param json parsed JSON; a partial session is fine.
 * @param where what the user wrote it in, for the message: `session`, `link`, `my-run.json`.
 * @throws InputError with the first problem, in one sentence.
 */
export function parseSession(json: unknown, where = 'session'): Session {
  const session = parseShape(json, where);
  checkSession(session, where);
  return session;
}

/** Like `parseSession`, without the checks of combinations: for a session that is being edited. */
export function parseShape(json: unknown, where = 'session'): Session {
  refuseUnknownKeys(json, where);
  const result = v.safeParse(writtenSchema, json, { abortEarly: true });
  if (result.success) {
    const [problem] = unreadTaskSettings(result.output);
    if (problem) throw settingError(problem, where);
    return ofItsTask(result.output);
  }
  const [issue] = result.issues;
  // A list is one setting: its entries have no path of their own.
  const items = issue.path ?? [];
  const place = items.map((item) => String(item.key));
  while (place.length > 1 && !leafAt(place.join('.')) && !sessionKeys.has(place.join('.'))) place.pop();
  const value = place.length ? items[place.length - 1]?.value : json;
  const expected = issue.type === 'strict_object' ? 'an object' : issue.message;
  throw settingError({ path: place.join('.'), value, expected }, where);
}

// By own keys, because `in` finds `constructor` and `__proto__` in every object.
function refuseUnknownKeys(json: unknown, where: string): void {
  for (const [group, known] of sessionKeys) {
    const members = group === '' ? json : valueAt(json, group);
    // To valibot a list is an object without keys.
    if (Array.isArray(members)) {
      throw settingError({ path: group, value: members, expected: 'an object' }, where);
    }
    if (!isRecord(members)) continue;
    for (const key of Object.keys(members)) {
      if (known.includes(key)) continue;
      const prefix = group && `${group}.`;
      throw new InputError(
        `${where}: ${shown(prefix + key)} is no setting, expected one like ${prefix}${nearest(key, known)}`,
      );
    }
  }
}
