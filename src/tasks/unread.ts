import type { BpeProgress } from '../tokenizer/learn-bpe';

/** How far reading a corpus is: its words counted, its vocabulary learnt, its texts written in it. */
export interface CorpusProgress {
  what: BpeProgress['what'] | 'encoded';
  done: number;
  of: number;
}

/** A corpus that a task needs and that nobody has read yet. */
export interface Unread {
  key: string;
  /** Reads it step by step and remembers it. @throws InputError for a bad line, naming it. */
  read(): Generator<CorpusProgress, void>;
}
