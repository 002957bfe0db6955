/**
 * The module of a command. It is imported only when the command is called, so that commands without a GPU never load
 * one.
 */
export interface CommandModule {
  /**
   * Runs the command: the result goes to stdout through `printResult`, progress to stderr through `progress`.
   * @returns the exit code: 0 done, 1 the answer is no.
   * @throws InputError for bad input, before anything is written.
   */
  default: (argv: readonly string[]) => Promise<number>;
}

export interface Command {
  /** Arguments, as the help shows them. */
  usage: string;
  /** What the command does, in one line. */
  summary: string;
  load: () => Promise<CommandModule>;
}

/** Every command by its name, in the order of the help. */
export const commands: Readonly<Record<string, Command>> = {
  adapters: {
    usage: '',
    summary: 'the adapters found, their limits and features, and the one it would use',
    load: () => import('./commands/adapters'),
  },
  run: {
    usage: 'SESSION --out DIR [--data DIR_OR_FILE] [--set path=value …] [--fork STEP] [--resume] [--stop-after-step N]',
    summary: 'runs a session (a preset, a JSON file, a run’s folder or a link) and writes its folder',
    load: () => import('./commands/run'),
  },
  verify: {
    usage: 'SESSION_OR_LINK [--against DIR] [--data DIR_OR_FILE]',
    summary: 're-runs a session and compares fingerprints; exit 0 where it is reproduced, else 1',
    load: () => import('./commands/verify'),
  },
  check: {
    usage: 'FIXTURE_DIR…',
    summary: 'the engine against references; exit 0 where all pass, else 1',
    load: () => import('./commands/check'),
  },
  generate: {
    usage: '--checkpoint MODEL [--adapter DIR] --prompt TEXT [--max-new-tokens N] [--temperature T] [--seed S]',
    summary: 'a continuation: {prompt_ids, ids, text}; temperature 0 is greedy',
    load: () => import('./commands/generate'),
  },
  logits: {
    usage: '--checkpoint MODEL [--adapter DIR] --ids 1,2,3 --output FILE.npy',
    summary: 'logits of a sequence, float32 (T, V)',
    load: () => import('./commands/logits'),
  },
  encode: {
    usage:
      '--checkpoint MODEL [--adapter DIR] --input FILE.jsonl --output FILE.npy [--prompt document|query] [--reasoning on|off] [--passages]',
    summary: 'embeddings of {"_id","text"} lines, float32 (n, C), with the ids beside them',
    load: () => import('./commands/encode'),
  },
  eval: {
    usage: '--checkpoint MODEL [--adapter DIR] --data BEIR_DIR --split S [--reasoning on|off] [--run-out FILE]',
    summary:
      'encodes, ranks and scores a collection in BEIR layout, beside BM25, their fusion, another embedder and any run',
    load: () => import('./commands/eval'),
  },
  models: {
    usage: '[add PATH|remove HASH]',
    summary: 'the models kept here; MODEL above is a folder, a .gguf file or the hash of a kept one',
    load: () => import('./commands/models'),
  },
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
  export: {
    usage:
      'SESSION_OR_MODEL --to accelerate|hf|peft|sentence-transformers --out DIR [--data DIR_OR_FILE] [--set path=value …] [--adapter DIR] [--base MODEL] [--dtype f32|f16|bf16]',
    summary:
      'a folder that trains a session on a cluster, or a model or an adapter that transformers, peft or sentence-transformers loads',
    load: () => import('./commands/export'),
  },
  import: {
    usage: 'DIR --out RUN_DIR_OR_FILE.run.zip [--data DIR_OR_FILE]',
    summary: 'what a cluster trained, as a run',
    load: () => import('./commands/import'),
  },
  sweep: {
    usage: 'SESSION --out DIR [--set path=a,b …] [--seeds 1..3] [--data DIR_OR_FILE] [--lease SECONDS]',
    summary:
      'every combination of settings and seeds, a folder each; start it again, or on other machines, to share the work',
    load: () => import('./commands/sweep'),
  },
  share: {
    usage: 'SESSION [--base URL] [--set path=value …] [--fork STEP]',
    summary: 'the link that opens a session',
    load: () => import('./commands/share'),
  },
  publish: {
    usage: 'RUN --out DIR [--data DIR_OR_FILE]',
    summary:
      'the built page and a run (its folder, or a run.zip) as one folder for any static host, which trains nothing',
    load: () => import('./commands/publish'),
  },
  bench: {
    usage: 'roofline|profile SESSION [--device NAME] [--set path=value …] [--data DIR_OR_FILE] [--base MODEL] | tune',
    summary:
      'roofline: what a step of each stage takes on a named GPU at best, by arithmetic, and which dispatches waste most; profile: where its time goes on this one; tune: which tiles of products are the fastest on this one, kept for later commands',
    load: () => import('./commands/bench'),
  },
  open: {
    usage: 'LINK',
    summary: 'the session of a link, as JSON',
    load: () => import('./commands/open'),
  },
};
