import type { Task } from '../tasks/task';

/** A task's texts as token ids, and the sequences that the model reads. */
export class TaskTokens {
  readonly embed: number;
  readonly filler: number;
  private readonly ids: ReadonlyMap<string, number>;
  private readonly unknown: number;
  private readonly documentIds: (readonly number[])[];

  constructor(private readonly task: Task) {
    this.ids = new Map(task.vocabulary.map((word, id) => [word, id]));
    this.unknown = this.id(task.specials.unknown);
    this.embed = this.id(task.specials.embed);
    this.filler = this.id(task.specials.filler);
    const { document: instruction } = task.instructions;
    this.documentIds = task.documents.map(({ text }) => [...this.encode(`${instruction} ${text}`), this.embed]);
  }

  private id(word: string): number {
    const id = this.ids.get(word);
    if (id === undefined) throw new Error(`the task's vocabulary lacks ${word}`);
    return id;
  }

  encode(text: string): number[] {
    return text.split(/\s+/).flatMap((word) => (word === '' ? [] : [this.ids.get(word) ?? this.unknown]));
  }

  word(id: number): string {
    return this.task.vocabulary[id] ?? this.task.specials.unknown;
  }

  decode(ids: readonly number[]): string {
    return ids.map((id) => this.word(id)).join(' ');
  }

  /** Instruction, query and mode word: what a completion follows. */
  prompt(text: string, mode: 'think' | 'direct'): number[] {
    const { instructions, modeWords } = this.task;
    return this.encode(`${instructions.query} ${text} ${modeWords[mode]}`);
  }

  /** Instruction, text and embed token of a document. */
  document(row: number): readonly number[] {
    const ids = this.documentIds[row];
    if (!ids) throw new RangeError(`document ${row} of ${this.documentIds.length}`);
    return ids;
  }

  get documents(): readonly (readonly number[])[] {
    return this.documentIds;
  }
}
