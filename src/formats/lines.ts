import { InputError } from '../lib/errors';
import { joined } from '../lib/joined';

const MAX_LINE_BYTES = 64_000_000;

export interface Line {
  text: string;
  /** `corpus.jsonl, line 3`: where it is, for messages. */
  where: string;
}

/**
 * The lines of a text file that are not blank, numbered from 1, without their line ends (`\n` or `\r\n`) and without a
 * byte order mark.
 * @throws InputError, when reached, for a line over 64 MB, a zero byte or bytes that are not UTF-8.
 */
export function* readLines(bytes: Uint8Array, file: string): Generator<Line> {
  const lines = new LineSplitter(file, false);
  yield* lines.push(bytes);
  yield* lines.end();
}

/**
 * The same of a file that comes in pieces: no more than a line of it is held. @throws InputError as `readLines` does.
 * @param blank keeps blank lines.
 */
export async function* streamLines(
  pieces: AsyncIterable<Uint8Array>,
  file: string,
  blank = false,
): AsyncGenerator<Line> {
  const lines = new LineSplitter(file, blank);
  for await (const piece of pieces) yield* lines.push(piece);
  yield* lines.end();
}

class LineSplitter {
  private readonly decoder = new TextDecoder('utf-8', { fatal: true });
  private number = 1;
  /** Pieces of the line that has not ended, and their bytes together. */
  private open: Uint8Array[] = [];
  private length = 0;

  constructor(
    private readonly file: string,
    private readonly blank: boolean,
  ) {}

  *push(piece: Uint8Array): Generator<Line> {
    let begin = 0;
    for (let end = piece.indexOf(0x0a); end >= 0; end = piece.indexOf(0x0a, begin)) {
      this.add(piece.subarray(begin, end));
      begin = end + 1;
      yield* this.take();
    }
    if (begin < piece.length) this.add(piece.subarray(begin));
  }

  *end(): Generator<Line> {
    if (this.length > 0) yield* this.take();
  }

  private add(part: Uint8Array): void {
    this.length += part.length;
    if (this.length > MAX_LINE_BYTES) {
      throw new InputError(`${this.where}: ${this.length} bytes long, expected at most 64 MB a line`);
    }
    this.open.push(part);
  }

  private get where(): string {
    return `${this.file}, line ${this.number}`;
  }

  private *take(): Generator<Line> {
    const { where, open } = this;
    const line = open.length === 1 ? open[0]! : joined(open, Uint8Array);
    const isFirst = this.number === 1;
    this.number++;
    this.open = [];
    this.length = 0;
    if (line.includes(0)) throw new InputError(`${where}: a zero byte, expected a text file`);
    let text: string;
    try {
      text = this.decoder.decode(line);
    } catch {
      throw new InputError(`${where}: not UTF-8, expected a text file`);
    }
    if (isFirst) text = text.replace(/^\uFEFF/, '');
    if (text.endsWith('\r')) text = text.slice(0, -1);
    if (this.blank || text.trim() !== '') yield { text, where };
  }
}
