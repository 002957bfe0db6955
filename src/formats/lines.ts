import { InputError } from '../lib/errors';

const MAX_LINE_BYTES = 64_000_000;

export interface Line {
  text: string;
  /** `corpus.jsonl, line 3`: where it is, for messages. */
  where: string;
}

/**
 * The lines of a text file that are not blank, numbered from 1, without their line ends (`\n` or `\r\n`).
 * @throws InputError, when reached, for a line over 64 MB, a zero byte or bytes that are not UTF-8.
 */
export function* readLines(bytes: Uint8Array, file: string): Generator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let begin = 0;
  for (let number = 1; begin < bytes.length; number++) {
    const next = bytes.indexOf(0x0a, begin);
    const end = next < 0 ? bytes.length : next;
    const where = `${file}, line ${number}`;
    if (end - begin > MAX_LINE_BYTES) {
      throw new InputError(`${where}: ${end - begin} bytes long, expected at most 64 MB a line`);
    }
    const line = bytes.subarray(begin, end);
    if (line.includes(0)) throw new InputError(`${where}: a zero byte, expected a text file`);
    let text: string;
    try {
      text = decoder.decode(line);
    } catch {
      throw new InputError(`${where}: not UTF-8, expected a text file`);
    }
    if (text.endsWith('\r')) text = text.slice(0, -1);
    if (text.trim() !== '') yield { text, where };
    begin = end + 1;
  }
}
