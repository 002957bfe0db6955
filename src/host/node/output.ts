import { writeSync } from 'node:fs';
import { wordlessSentence } from '../../lib/wordless';

const PROGRESS_MS = 5000;

/** Writes a command's result to stdout, as JSON. */
export function printResult(value: unknown): void {
  writeAll(1, `${JSON.stringify(value, null, 2)}\n`);
}

/**
 * The part of a result that says what was read differently from how it is written; empty where there is nothing to say.
 */
export const noticesOf = ({ notices }: { notices: readonly string[] }): { notices?: readonly string[] } =>
  notices.length > 0 ? { notices } : {};

/** The part of a result that says for how many queries BM25 finds nothing. */
export const wordlessNotices = (queries: number): string[] => [wordlessSentence(queries)].filter(Boolean);

/** Prints a line of progress to stderr. */
export function progress(line: string): void {
  writeAll(2, `${oneLine(line)}\n`);
}

/** Prints the progress of a long work every few seconds. @param what `documents embedded`. */
export function progressOf(what: string): (done: number, of: number) => void {
  let told = performance.now();
  return (done, of) => {
    if (performance.now() - told < PROGRESS_MS) return;
    told = performance.now();
    progress(`${done}/${of} ${what}`);
  };
}

/** A text without line breaks or control characters, as a message on a terminal must be. */
export const oneLine = (text: string): string => text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim();

/**
 * Writes synchronously, so that nothing is lost when the process exits; a reader that has closed its end is no error.
 */
function writeAll(descriptor: number, text: string): void {
  const bytes = new TextEncoder().encode(text);
  let written = 0;
  while (written < bytes.length) {
    try {
      written += writeSync(descriptor, bytes, written);
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EPIPE') return;
      if (code !== 'EAGAIN') throw error;
    }
  }
}
