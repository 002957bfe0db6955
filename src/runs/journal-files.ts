/** The files that grow with a run, as the command line names them. */
export const JOURNAL_FILES = {
  metrics: 'metrics.jsonl',
  dev: 'dev.jsonl',
  'dev-traces': 'dev-traces.jsonl',
  traces: 'traces.jsonl',
  graph: 'graph.jsonl',
  'graph-start': 'graph-start.json',
  positions: 'positions.bin',
} as const;
export type JournalName = keyof typeof JOURNAL_FILES;
export const JOURNAL_NAMES: readonly JournalName[] = [
  'metrics',
  'dev',
  'dev-traces',
  'traces',
  'graph',
  'graph-start',
  'positions',
];

/**
 * The order in which a run writes the journals of one step; a copy of a journal must keep it, because `cut` relies on
 * it.
 */
export const WRITING_ORDER: readonly JournalName[] = [
  'traces',
  'positions',
  'graph',
  'metrics',
  'dev-traces',
  'dev',
  'graph-start',
];
