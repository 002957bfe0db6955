import Papa from 'papaparse';
import { InputError } from '../../lib/errors';
import { isJsonObject, quote } from '../json';
import { streamLines, type Line } from '../lines';
import { COLUMN_NAMES, type ColumnRole } from './column-names';

/** A row of a table: its cells, and where it begins. */
export interface Row {
  cells: string[];
  where: string;
}

/**
 * The most lines of one quoted field; without a limit, a quote that is never closed would take the rest of the file.
 */
const LONGEST_ROW_LINES = 10_000;

/**
 * Rows of a table, line by line. In a `.csv` a quoted field may hold the separator, doubled quotes and line ends (RFC
 * 4180); what separates is a comma, or a semicolon or tab where the first row has more of those. In a `.tsv` a row is a
 * line, and quotes that are not closed within their field stand for themselves.
 * @throws InputError for a quote that is never closed or stands within a quoted field, naming the line.
 */
export async function* readRows(
  pieces: AsyncIterable<Uint8Array>,
  where: string,
  kind: 'csv' | 'tsv',
): AsyncGenerator<Row> {
  let separator = kind === 'tsv' ? '\t' : null;
  let open: OpenRow | null = null;
  for await (const line of streamLines(pieces, where, true)) {
    separator ??= separatorOf(line.text);
    if (open) {
      const row: Row | null = open.add(line.text);
      if (row) {
        yield row;
        open = null;
      }
      continue;
    }
    if (line.text.trim() === '') continue;
    const cells = cellsOf(line, separator, kind);
    if (cells) yield { cells, where: line.where };
    else open = new OpenRow(line, separator);
  }
  if (open) yield open.end();
}

/** Cells of a line; null where a quoted field continues in the next one. */
function cellsOf({ text, where }: Line, separator: string, kind: 'csv' | 'tsv'): string[] | null {
  if (!text.includes('"')) return text.split(separator);
  const parsed = parseRow(text, separator);
  if (kind === 'tsv') return parsed.state === 'whole' ? parsed.cells : text.split(separator);
  return parsed.state === 'open' ? null : whole(parsed, where);
}

/** A row with a quoted field that goes over several lines. */
class OpenRow {
  private readonly lines: string[];
  private quotes: number;

  constructor(
    private readonly first: Line,
    private readonly separator: string,
  ) {
    this.lines = [first.text];
    this.quotes = quotesIn(first.text);
  }

  /** @returns the row, once it is whole. */
  add(text: string): Row | null {
    this.lines.push(text);
    if (this.lines.length > LONGEST_ROW_LINES) this.never();
    this.quotes += quotesIn(text);
    // Every quote that opens has one that closes, and one within is doubled.
    if (this.quotes % 2 !== 0) return null;
    const parsed = parseRow(this.lines.join('\n'), this.separator);
    return parsed.state === 'open' ? null : { cells: whole(parsed, this.first.where), where: this.first.where };
  }

  end(): Row {
    const parsed = parseRow(this.lines.join('\n'), this.separator);
    if (parsed.state === 'open') this.never();
    return { cells: whole(parsed, this.first.where), where: this.first.where };
  }

  private never(): never {
    throw new InputError(`${this.first.where}: a quoted field that is never closed, expected another " after it`);
  }
}

const quotesIn = (text: string): number => text.split('"').length - 1;

type Parsed = { state: 'whole'; cells: string[] } | { state: 'open' } | { state: 'odd' };

/** One row of text. A second row in it means that a quote was closed earlier than the lines were taken. */
function parseRow(text: string, separator: string): Parsed {
  const parser = new Papa.Parser({ delimiter: separator, newline: '\n' });
  const result: unknown = parser.parse(`${text}\n`, 0, true);
  if (!isJsonObject(result)) return { state: 'odd' };
  const { data, errors } = result;
  if (Array.isArray(errors) && errors.length > 0) return { state: 'odd' };
  if (!Array.isArray(data) || data.length === 0) return { state: 'open' };
  const first: unknown = data[0];
  if (data.length > 1 || !Array.isArray(first)) return { state: 'odd' };
  return { state: 'whole', cells: first.map(String) };
}

function whole(parsed: Parsed, where: string): string[] {
  if (parsed.state === 'whole') return parsed.cells;
  throw new InputError(`${where}: a quote within a quoted field, expected it doubled ("")`);
}

/** The character that separates the cells of a first row. */
function separatorOf(text: string): string {
  const count = (separator: string): number => text.split(separator).length;
  const [best] = [',', ';', '\t'].sort((a, b) => count(b) - count(a));
  return best!;
}

/** Rows as records by what their columns are, and what is to be said about that. */
export interface TableHead {
  columns: Partial<Record<ColumnRole, number>>;
  /** Whether the first row names the columns. */
  named: boolean;
}

/**
 * Finds out what the columns of a table are, by its first row. Without names, two or three columns are id, text and
 * title, as tables of passages have them.
 * @throws InputError where no column is a text.
 */
export function tableHead({ cells, where }: Row): TableHead {
  const names = cells.map((cell) => cell.trim().toLowerCase());
  const columns: TableHead['columns'] = {};
  for (const role of ['id', 'title', 'text'] as const) {
    const at = COLUMN_NAMES[role].map((name) => names.indexOf(name)).find((index) => index >= 0);
    if (at !== undefined) columns[role] = at;
  }
  if (columns.text !== undefined) return { columns, named: true };
  const [id = ''] = cells;
  if (cells.length >= 2 && cells.length <= 3 && /^\S*\d\S*$/.test(id.trim())) {
    return { columns: { id: 0, text: 1, ...(cells.length === 3 ? { title: 2 } : {}) }, named: false };
  }
  throw new InputError(
    `${where}: columns ${quote(cells.join(', '))}, expected a column named text (or contents, content, body) among them`,
  );
}
