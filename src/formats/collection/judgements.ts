import { InputError } from '../../lib/errors';
import type { Qrels } from './beir-types';
import { quote } from '../json';
import { streamLines, type Line } from '../lines';
import type { SourceFile } from './source-file';

/** Matches the name of the first column of judgements, where they have a header. */
const HEADER = /^(query|topic|q(?=[-_ ]?id))([-_ ]?id)?$/i;

const isNumber = (text: string): boolean => /^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(text);

/** Judgements as they come, line by line. */
export class Judgements {
  readonly qrels: Qrels = new Map();
  private first = true;

  /** @throws InputError for a bad line, a grade that is not a number, or two grades for one pair. */
  add({ text, where }: Line): void {
    const fields = fieldsOf(text);
    const isHeader = this.first && HEADER.test(fields[0] ?? '') && !isNumber(fields.at(-1) ?? '');
    this.first = false;
    if (isHeader) return;
    // TREC's own judgements have the iteration between query and document, which is not used.
    const [query = '', document = '', grade = ''] = fields.length === 4 ? [fields[0], fields[2], fields[3]] : fields;
    if ((fields.length !== 3 && fields.length !== 4) || query === '' || document === '') {
      throw new InputError(
        `${where}: ${quote(text)}, expected query, document and grade, separated by tabs or spaces, or TREC's four columns`,
      );
    }
    const value = isNumber(grade) ? Number(grade) : NaN;
    if (!Number.isFinite(value)) throw new InputError(`${where}: grade is ${quote(grade)}, expected a number`);
    this.put(query, document, value, where);
  }

  private put(query: string, document: string, value: number, where: string): void {
    const grades = this.qrels.get(query) ?? new Map<string, number>();
    const before = grades.get(document);
    if (before !== undefined && before !== value) {
      throw new InputError(
        `${where}: grades document ${quote(document)} of query ${quote(query)} ${value} after ${before}, expected one grade`,
      );
    }
    grades.set(document, value);
    this.qrels.set(query, grades);
  }
}

/** Separated by tabs where there is one, else by commas or semicolons where these make columns enough, else by spaces. */
function fieldsOf(text: string): string[] {
  for (const separator of ['\t', ',', ';']) {
    const fields = text.split(separator).map(bare);
    if (separator === '\t' ? fields.length > 1 : fields.length === 3 || fields.length === 4) return fields;
  }
  return text.trim().split(/\s+/).map(bare);
}

/** A field without the spaces and the quotes around it. */
function bare(field: string): string {
  const text = field.trim();
  return text.length > 1 && text.startsWith('"') && text.endsWith('"') ? text.slice(1, -1).replaceAll('""', '"') : text;
}

/** @throws InputError for a bad line, naming it. */
export async function readQrels(file: SourceFile): Promise<Qrels> {
  const judgements = new Judgements();
  for await (const line of streamLines(file.read(), file.where)) judgements.add(line);
  return judgements.qrels;
}
