/** A command of the command line. It is imported only when it is called, so that what needs no GPU never loads one. */
export interface CommandModule {
  /**
   * Does the work: the result to stdout through `printResult`, progress to stderr through `progress`.
   * @returns the exit code: 0 done, 1 the answer is no.
   * @throws InputError for bad input, before anything is written.
   */
  run: (argv: readonly string[]) => Promise<number>;
}

export interface Command {
  /** Arguments, as the help shows them. */
  usage: string;
  /** What it does, in a line. */
  summary: string;
  load: () => Promise<CommandModule>;
}

/** Every command by its name, in the order of the help. */
export const commands: Readonly<Record<string, Command>> = {
  score: {
    usage: '--run FILE --data BEIR_DIR --split S',
    summary: 'metrics of a TREC run file',
    load: () => import('./commands/score'),
  },
  bm25: {
    usage: '--data BEIR_DIR --split S',
    summary: "the lexical baseline: Lucene's BM25, k1 0.9, b 0.4",
    load: () => import('./commands/bm25'),
  },
};
