import { writeSync } from 'node:fs';
import { wordlessSentence } from '../../lib/wordless';

const PROGRESS_MS = 5000;

/** Writes a command's result to stdout, as JSON. */
export function printResult(value: unknown): void {
  writeAll(1, `${JSON.stringify(value, null, 2)}\n`);
}

/** What a result says of files that were read otherwise than they stand; nothing where there is nothing to say. */
export const noticesOf = ({ notices }: { notices: readonly string[] }): { notices?: readonly string[] } =>
  notices.length > 0 ? { notices } : {};

/** What a result says where BM25 finds nothing for some queries. */
export const wordlessNotices = (queries: number): string[] => [wordlessSentence(queries)].filter(Boolean);

/** Says on stderr how far the work has come. */
export function progress(line: string): void {
  writeAll(2, `${oneLine(line)}\n`);
}

/** Says every few seconds how far a long work is. @param what `documents embedded`. */
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

/** Synchronous, so that nothing is lost when the process exits; a reader that went away is no error. */
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
