import type { TaskLengths } from '../config/tasks';
import { TEXT_LIMITS } from '../tasks/text/settings';
import { PromptWriter } from '../formats/chat/prompt-writer';
import { Random } from '../lib/philox';
import { passageSpans } from '../retrieval/passages';
import type { Task } from '../tasks/task';
import type { Base } from './base-type';

/** A task's texts as the token ids of one model, and back. */
export interface TextReader {
  readonly embed: number;
  readonly filler: number;
  /** Ids of a text by itself. */
  encode(text: string): number[];
  word(id: number): string;
  decode(ids: readonly number[]): string;
  /** A query, before its answer. */
  prompt(text: string, mode: 'think' | 'direct'): number[];
  /** A document as it is embedded: of several passages where it is longer than the context. */
  passages(text: string): number[][];
  /** A part of a document, whole. */
  passage(text: string): number[];
  /** An answer, without the embed token. */
  answer(text: string): number[];
  /** The most tokens of each kind of sequence, which are cut to it; null where a task's own sizes are known. */
  readonly longest: TaskLengths | null;
}

/** The reader of a model trained from scratch: its vocabulary is the task's, words or pieces of them. */
export class TaskReader implements TextReader {
  readonly embed: number;
  readonly filler: number;
  readonly longest = null;
  private readonly ids: ReadonlyMap<string, number>;
  private readonly unknown: number;

  /** @param context positions of the model. */
  constructor(
    private readonly task: Task,
    private readonly context: number,
  ) {
    this.ids = new Map(task.vocabulary.map((word, id) => [word, id]));
    this.unknown = this.id(task.specials.unknown);
    this.embed = this.id(task.specials.embed);
    this.filler = this.id(task.specials.filler);
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

  /** Instruction, query and mode word. */
  prompt(text: string, mode: 'think' | 'direct'): number[] {
    const { instructions, modeWords } = this.task;
    return [...this.encode(`${instructions.query} ${text}`.trim()), this.id(modeWords[mode])];
  }

  passages(text: string): number[][] {
    const ids = this.encode(`${this.task.instructions.document} ${text}`.trim());
    return passageSpans(ids.length, this.context - 1).map(([from, to]) => [...ids.slice(from, to), this.embed]);
  }

  passage(text: string): number[] {
    return [...this.encode(text), this.embed];
  }

  answer(text: string): number[] {
    return this.encode(text);
  }
}

/** The words that ask a base to reason first, where its chat template does not ask for an answer. */
export const THINK = '\nReasoning:';
/** The text that a filler repeats in place of reasoning. */
const FILLER = '.';
/** Number of training queries of each depth that bounds are measured on. */
const SAMPLE = 256;

/** The reader of a pre-trained base: its own tokenizer, with the session's prompts. */
export class BaseReader implements TextReader {
  readonly embed: number;
  readonly filler: number;
  readonly longest: TaskLengths;
  /** The most tokens of an answer without its embed token. */
  private readonly answerLimit: number;
  private readonly think: readonly number[];
  private readonly queries: PromptWriter;
  private readonly documents: PromptWriter;
  /** A writer that cuts at the session's context alone. */
  private readonly whole: PromptWriter;
  /** The tokens before and after the text of every passage of a long document. */
  private readonly around: { head: readonly number[]; tail: readonly number[] };

  /** @param context positions that the session uses. */
  constructor(
    private readonly task: Task,
    private readonly base: Base,
    private readonly context: number,
  ) {
    this.embed = base.embed;
    this.filler = this.encode(FILLER)[0] ?? base.embed;
    this.think = base.prompts.chat ? [] : this.encode(THINK);
    this.whole = this.writer(context);
    this.around = this.aroundDocument();
    const { query, answer, document } = this.measured();
    this.answerLimit = answer - 1;
    this.longest = { query, answer, document };
    this.queries = this.writer(query);
    this.documents = this.writer(document);
  }

  private writer(context: number): PromptWriter {
    const { prompts, tokenizer, template, embed, where } = this.base;
    return new PromptWriter(prompts, tokenizer, template, embed, context, where);
  }

  encode(text: string): number[] {
    return this.base.tokenizer.encode(text, { specialTokens: false });
  }

  word(id: number): string {
    return this.decode([id]);
  }

  /** The text of tokens; the base's embed token is written as the task's. */
  decode(ids: readonly number[]): string {
    const { specials } = this.task;
    const end = ids.indexOf(this.embed);
    const text = this.base.tokenizer.decode(end < 0 ? ids : ids.slice(0, end)).trim();
    return end < 0 ? text : `${text} ${specials.embed}`.trim();
  }

  prompt(text: string, mode: 'think' | 'direct'): number[] {
    if (mode === 'think') return [...this.queries.reasoned(text, this.think.length).ids, ...this.think];
    // The embed token comes after it, as it does after an answer.
    return this.queries.embedded('query', text).ids.slice(0, -1);
  }

  private aroundDocument(): { head: number[]; tail: number[] } {
    const { before, after } = this.whole.around('document');
    const { prompts, tokenizer } = this.base;
    const head = tokenizer.encode(before, { specialTokens: !prompts.chat });
    if (!prompts.chat) head.length -= tokenizer.endTokenIds.length;
    return { head, tail: [...this.encode(after), this.embed] };
  }

  passages(text: string): number[][] {
    const whole = this.whole.embedded('document', text);
    if (!whole.truncated) return [whole.ids];
    const { head, tail } = this.around;
    const ids = this.encode(text);
    const room = Math.max(1, this.context - head.length - tail.length);
    return passageSpans(ids.length, room).map(([from, to]) => [...head, ...ids.slice(from, to), ...tail]);
  }

  passage(text: string): number[] {
    return this.documents.embedded('document', text).ids;
  }

  /** The tokens of an answer as running text: a word begins with a space, except the first of a chat turn. */
  answer(text: string): number[] {
    if (text === '') return [];
    return this.encode(this.base.prompts.chat ? text : ` ${text}`).slice(0, this.answerLimit);
  }

  /**
   * The most tokens of each kind of sequence: a task's own limits where its passages are drawn at random, else what a
   * large sample of the task takes.
   */
  private measured(): TaskLengths {
    const { task, context, whole: writer } = this;
    const u = new Random(0, 'task', 0xffff).uniform;
    const queries = [...task.heldOut('dev', SAMPLE), ...task.heldOut('test', SAMPLE)];
    for (let depth = 1; depth <= task.maxDepth; depth++) {
      for (let i = 0; i < SAMPLE; i++) queries.push(task.sampleQuery(depth, false, u));
    }
    const most = (lengths: readonly number[]): number =>
      lengths.reduce((longest, length) => Math.max(longest, length), 1);
    // The embed token of a query is its answer's.
    const around = this.think.length - 1;
    if (queries.some(({ passage }) => passage !== undefined)) {
      const query = writer.embedded('query', '').ids.length + around + TEXT_LIMITS.query;
      const document = writer.embedded('document', '').ids.length + TEXT_LIMITS.document;
      return { query, answer: TEXT_LIMITS.answer, document: Math.min(context, document) };
    }
    return {
      query: most(queries.map(({ text }) => writer.embedded('query', text).ids.length)) + Math.max(1, around + 1),
      answer: most(queries.map(({ trace }) => this.encode(` ${trace}`).length)) + 1,
      document: most(task.documents.map(({ text }) => writer.embedded('document', text).ids.length)),
    };
  }
}
