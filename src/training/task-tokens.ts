import type { TaskLengths } from '../config/tasks';
import type { Task } from '../tasks/task';
import { TaskReader, type TextReader } from './text-reader';

/** A task's texts as token ids, and the sequences that the model reads. */
export class TaskTokens {
  private readonly documentIds: (readonly number[])[];
  /** What is embedded of the documents: long ones are several passages. */
  readonly passages: readonly (readonly number[])[];
  /** The document of each passage, ascending. */
  readonly owners: Int32Array;

  /**
   * @param context positions of the model.
   * @param reader by whose tokens, for the same context; those that are born with the task where absent.
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

  /** Bounds that every sequence keeps; null where the task's own sizes are known. */
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

  /** What a completion follows. */
  prompt(text: string, mode: 'think' | 'direct'): number[] {
    return this.reader.prompt(text, mode);
  }

  /** What a query is made to write, without the embed token. */
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
