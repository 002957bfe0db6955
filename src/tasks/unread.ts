import type { BpeProgress } from '../tokenizer/learn-bpe';

/** Progress of reading a corpus: its words counted, its vocabulary learnt, its texts encoded. */
export interface CorpusProgress {
  what: BpeProgress['what'] | 'encoded';
  done: number;
  of: number;
}

/** A corpus that a task needs and that still has to be read. */
export interface Unread {
  key: string;
  /** Reads it step by step and remembers it. @throws InputError for a bad line, naming it. */
  read(): Generator<CorpusProgress, void>;
}
