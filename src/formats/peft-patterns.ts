import { InputError } from '../lib/errors';
import { isJsonObject, quote } from './json';

const LONGEST = 200;

/**
 * The number of the first pattern that a module's dotted name matches, as PEFT has it: a regular expression over the whole
 * name, or over its end from a dot on.
 * @param patterns `rank_pattern` or `alpha_pattern`: numbers by pattern.
 * @returns undefined where none matches.
 * @throws InputError for a pattern that JavaScript reads otherwise than Python.
 */
export function patternValue(patterns: unknown, module: string, where: string): unknown {
  if (!isJsonObject(patterns)) return undefined;
  return Object.entries(patterns).find(([pattern]) => matcher(pattern, where).test(module))?.[1];
}

function matcher(pattern: string, where: string): RegExp {
  // Repeated groups may take for ever; `(?P<`, `\A` and inline flags are Python's own.
  const isOwn = /\(\?[^:=!]|\\[AZ]|\)[*+{]/.test(pattern) || pattern.length > LONGEST;
  try {
    if (!isOwn) return new RegExp(`^(?:.*\\.)?(?:${pattern})$`, 'u');
  } catch {
    // Told below.
  }
  throw new InputError(`${where}: ${quote(pattern)}, expected names or plain regular expressions`);
}
