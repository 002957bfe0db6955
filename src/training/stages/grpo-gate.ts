import type { Session } from '../../config/session';
import { InputError } from '../../lib/errors';
import { Random } from '../../lib/philox';
import type { ArmResult } from '../../records/records';
import type { Task, TaskQuery } from '../../tasks/task';
import type { Evaluator } from '../evaluate';

/**
 * The least share of right traces on training queries: below it, wrong traces earn their reward by chance and traces
 * shorten.
 */
const TRACE_ACCURACY = 0.5;
/** The least nDCG@10 of right traces: below it, the embedding cannot read a trace, so a right one is not rewarded. */
const GOLD_NDCG = 0.8;
/** Least share of traces that end in the embed token, where none is right or wrong: only those are searched and rewarded. */
const EMISSION_RATE = 0.5;
const QUERIES_PER_DEPTH = 32;

/**
 * Checks whether stage 1 left a model that stage 2 can learn from, measured on training queries.
 * @throws InputError that says what is too weak and what to do.
 */
export async function checkGate(search: Evaluator, task: Task, session: Session): Promise<void> {
  const random = new Random(session.seed, 'evaluation');
  const queries: TaskQuery[] = [];
  for (let depth = 1; depth <= task.maxDepth; depth++) {
    for (let i = 0; i < QUERIES_PER_DEPTH; i++) queries.push(task.sampleQuery(depth, false, random.uniform));
  }
  await search.refresh();
  const reasoning = await search.evaluate('reasoning', queries, { intervals: false });
  const problems =
    task.hasRightTraces === false ? unendedTraces(reasoning) : await wrongTraces(search, queries, reasoning);
  if (problems.length === 0) return;
  throw new InputError(
    `stage 2 was not started, because the model is too weak to learn from its own traces: ${problems.join('; ')}. Give stage 1 more steps, or set grpo.gate to false to try all the same`,
    'gate',
  );
}

function unendedTraces({ emission_rate: emitted = 1 }: ArmResult): string[] {
  if (emitted >= EMISSION_RATE) return [];
  return [
    `${percent(emitted)} of its traces on training queries end in the embed token, expected at least ${percent(EMISSION_RATE)}`,
  ];
}

async function wrongTraces(search: Evaluator, queries: readonly TaskQuery[], reasoning: ArmResult): Promise<string[]> {
  const gold = await search.evaluate('gold', queries, { intervals: false });
  const problems: string[] = [];
  const accuracy = reasoning.trace_accuracy ?? 1;
  if (accuracy < TRACE_ACCURACY) {
    problems.push(
      `${percent(accuracy)} of its traces on training queries are right, expected at least ${percent(TRACE_ACCURACY)}`,
    );
  }
  if (gold.ndcg_cut_10 < GOLD_NDCG) {
    problems.push(
      `even right traces only reach nDCG@10 ${gold.ndcg_cut_10.toFixed(2)}, expected at least ${GOLD_NDCG}`,
    );
  }
  return problems;
}

const percent = (share: number): string => `${Math.round(share * 100)}%`;
