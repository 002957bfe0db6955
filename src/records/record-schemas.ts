import * as v from 'valibot';
import { STAGES } from '../config/stages';
import type { GraphStartFile } from './graph-start';
import type { DevTrace, Evaluation, EvaluationPoint, GraphRecord, StepMetrics, TraceRecord } from './records';

/** Schemas of the lines of a run's files, for files that come from elsewhere. Unknown keys are kept. */

const stage = v.picklist(STAGES);
/** JSON has no number that is not finite: it writes null. */
const real = v.union([
  v.number(),
  v.pipe(
    v.null(),
    v.transform(() => NaN),
  ),
]);
const step = v.pipe(v.number(), v.safeInteger(), v.minValue(1));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const pair = v.tuple([v.number(), v.number()]);

export const metricsSchema: v.GenericSchema<unknown, StepMetrics> = v.objectWithRest({ step, stage, loss: real }, real);

const retrieval = {
  ndcg_cut_10: v.number(),
  recall_100: v.number(),
  recip_rank_cut_10: v.number(),
  map: v.number(),
  success_1: v.number(),
};
const interval = v.exactOptional(pair);
const armResult = v.looseObject({
  ...retrieval,
  ci95: v.looseObject({
    ndcg_cut_10: interval,
    recall_100: interval,
    recip_rank_cut_10: interval,
    map: interval,
    success_1: interval,
  }),
  by_depth: v.record(v.string(), v.looseObject(retrieval)),
  queries: count,
  emission_rate: v.exactOptional(v.number()),
  trace_accuracy: v.exactOptional(v.number()),
});
const arm = v.exactOptional(armResult);
const arms = v.looseObject({
  reasoning: arm,
  direct: arm,
  forced: arm,
  gold: arm,
  shuffled: arm,
  filler: arm,
  bm25: arm,
  fusion: arm,
});

export const evaluationPointSchema: v.GenericSchema<unknown, EvaluationPoint> = v.looseObject({ step, stage, arms });
export const evaluationSchema: v.GenericSchema<unknown, Evaluation> = v.looseObject({
  dev: v.exactOptional(arms),
  test: v.exactOptional(arms),
});

const written = {
  step,
  query: v.string(),
  completion: count,
  ids: v.array(count),
  text: v.string(),
  logprobs: v.array(real),
  entropies: v.array(real),
  reward: real,
  rank: count,
  ranks: v.exactOptional(v.array(count)),
  rewards: v.exactOptional(v.array(real)),
};
export const traceSchema: v.GenericSchema<unknown, TraceRecord> = v.looseObject({ ...written, advantage: real });
export const devTraceSchema: v.GenericSchema<unknown, DevTrace> = v.looseObject(written);

/** `graph-start.json`; its step may be 0, where nothing came before stage 2. */
export const graphStartSchema: v.GenericSchema<unknown, GraphStartFile> = v.looseObject({
  step: count,
  degree_bound: count,
  neighbours: v.array(v.array(count)),
});

const search = v.looseObject({
  query: v.string(),
  completion: count,
  path: v.array(count),
  found: v.array(count),
  wanted: v.array(count),
  rank_before: v.number(),
  rank_after: v.number(),
});
export const graphSchema: v.GenericSchema<unknown, GraphRecord> = v.looseObject({
  step,
  reencoded: v.array(v.looseObject({ doc: count, drift: real, age: v.number() })),
  added: v.array(pair),
  removed: v.array(pair),
  compensated: v.looseObject({ count, mean_drift: real }),
  searches: v.array(search),
  recall: v.nullable(v.number()),
  reward_error: v.nullable(v.number()),
});
