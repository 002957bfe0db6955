import type { TaskLengths } from '../config/tasks';
import type { Task } from '../tasks/task';
import { TaskReader, type TextReader } from './text-reader';

/** A task's texts as token ids, and the sequences that the model reads. */
export class TaskTokens {
  private readonly documentIds: (readonly number[])[];
  /** The sequences that are embedded for the documents; long documents have several passages. */
  readonly passages: readonly (readonly number[])[];
  /** The document of each passage, ascending. */
  readonly owners: Int32Array;

  /**
   * @param context positions of the model.
   * @param reader turns texts into tokens, for the same context; by default with the task's own vocabulary.
   */
  constructor(
    task: Task,
    context = Infinity,
    private readonly reader: TextReader = new TaskReader(task, context),
  ) {
    const owners: number[] = [];
    this.passages = task.documents.flatMap(({ text }, document) => {
      const passages = reader.passages(text);
      owners.push(...passages.map(() => document));
      return passages;
    });
    this.owners = Int32Array.from(owners);
    this.documentIds = this.passages.filter((_, row) => owners[row] !== owners[row - 1]);
  }

  get embed(): number {
    return this.reader.embed;
  }

  get filler(): number {
    return this.reader.filler;
  }

  /** The most tokens of each kind of sequence; null where the task's own sizes are known. */
  get longest(): TaskLengths | null {
    return this.reader.longest;
  }

  /** Ids of a text by itself. */
  encode(text: string): number[] {
    return this.reader.encode(text);
  }

  word(id: number): string {
    return this.reader.word(id);
  }

  decode(ids: readonly number[]): string {
    return this.reader.decode(ids);
  }

  /** The tokens before a completion: a query and its mode word. */
  prompt(text: string, mode: 'think' | 'direct'): number[] {
    return this.reader.prompt(text, mode);
  }

  /** The tokens that a query is trained to be followed by, without the embed token. */
  answer(text: string): number[] {
    return this.reader.answer(text);
  }

  /** A part of a document as it is embedded. */
  passage(text: string): number[] {
    return this.reader.passage(text);
  }

  /** Instruction, text and embed token of a document, or of its first passage. */
  document(row: number): readonly number[] {
    const ids = this.documentIds[row];
    if (!ids) throw new RangeError(`document ${row} of ${this.documentIds.length}`);
    return ids;
  }

  get documents(): readonly (readonly number[])[] {
    return this.documentIds;
  }
}
