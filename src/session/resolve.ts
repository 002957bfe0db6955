import { parseSession } from '../config/parse-session';
import { PRESETS, presetSession } from '../config/presets';
import { InputError } from '../lib/errors';
import { nearest, shown } from '../lib/text';
import { decodeLink, type SharedSession } from './link';

/** A longer text is no session: a hundred times the default's length. */
const LONGEST_JSON = 250_000;

/**
 * A session from whatever a user may name one by: a preset's name, JSON, a file of JSON, a link or its fragment.
 * @param readFile the text of a file, `undefined` where there is none; without it files are not looked for.
 * @param parse of JSON; `parseShape` leaves the checks of combinations to a caller that completes the session first.
 * @throws InputError in one sentence.
 */
export function resolveSession(
  text: string,
  readFile?: (path: string) => string | undefined,
  parse: typeof parseSession = parseSession,
): SharedSession {
  const trimmed = text.trim();
  if (trimmed === '') {
    throw new InputError("session is empty, expected a preset's name, a JSON file, a link or a link's fragment");
  }
  const preset = presetSession(trimmed);
  if (preset) return { session: preset };
  if (trimmed.startsWith('{')) return { session: readJson(trimmed, 'session', parse) };
  const file = readFile?.(text);
  if (file !== undefined) return { session: readJson(file, text, parse) };
  if (trimmed.includes('#') || /^[a-z][a-z+.-]*:\/\//i.test(trimmed) || /^\d[\w.-]*$/.test(trimmed)) {
    return decodeLink(trimmed);
  }
  const like = nearest(
    trimmed,
    PRESETS.map(({ name }) => name),
  );
  throw new InputError(
    `session ${shown(text)} is no preset${readFile ? ', file' : ', JSON'} or link, expected one, such as the preset ${like}`,
  );
}

function readJson(text: string, where: string, parse: typeof parseSession): SharedSession['session'] {
  if (text.length > LONGEST_JSON) {
    throw new InputError(`${where} has ${text.length} characters, expected a session of at most ${LONGEST_JSON}`);
  }
  let json: unknown;
  try {
    json = JSON.parse(text.replace(/^\ufeff/, ''));
  } catch {
    throw new InputError(`${where} is ${shown(text)}, expected a session as JSON`);
  }
  return parse(json, where);
}
