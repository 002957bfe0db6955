import { passageSpans } from '../retrieval/passages';
import type { Task } from '../tasks/task';

/** A task's texts as token ids, and the sequences that the model reads. */
export class TaskTokens {
  readonly embed: number;
  readonly filler: number;
  private readonly ids: ReadonlyMap<string, number>;
  private readonly unknown: number;
  private readonly documentIds: (readonly number[])[];
  /** What is embedded of the documents: long ones are several passages. */
  readonly passages: readonly (readonly number[])[];
  /** The document of each passage, ascending. */
  readonly owners: Int32Array;

  /** @param context positions of the model. */
  constructor(
    private readonly task: Task,
    context = Infinity,
  ) {
    this.ids = new Map(task.vocabulary.map((word, id) => [word, id]));
    this.unknown = this.id(task.specials.unknown);
    this.embed = this.id(task.specials.embed);
    this.filler = this.id(task.specials.filler);
    const { document: instruction } = task.instructions;
    const owners: number[] = [];
    this.passages = task.documents.flatMap(({ text }, document) => {
      const ids = this.encode(`${instruction} ${text}`.trim());
      return passageSpans(ids.length, context - 1).map(([from, to]) => {
        owners.push(document);
        return [...ids.slice(from, to), this.embed];
      });
    });
    this.owners = Int32Array.from(owners);
    this.documentIds = this.passages.filter((_, row) => owners[row] !== owners[row - 1]);
  }

  private id(word: string): number {
    const id = this.ids.get(word);
    if (id === undefined) throw new Error(`the task's vocabulary lacks ${word}`);
    return id;
  }

  encode(text: string): number[] {
    if (this.task.bpe) return this.task.bpe.encode(text);
    return text.split(/\s+/).flatMap((word) => (word === '' ? [] : [this.ids.get(word) ?? this.unknown]));
  }

  word(id: number): string {
    if (this.task.bpe) return this.task.bpe.decode([id]);
    return this.task.vocabulary[id] ?? this.task.specials.unknown;
  }

  decode(ids: readonly number[]): string {
    if (this.task.bpe) return this.task.bpe.decode(ids).trimStart();
    return ids.map((id) => this.word(id)).join(' ');
  }

  /** Instruction, query and mode word: what a completion follows. */
  prompt(text: string, mode: 'think' | 'direct'): number[] {
    const { instructions, modeWords } = this.task;
    return [...this.encode(`${instructions.query} ${text}`.trim()), this.id(modeWords[mode])];
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
