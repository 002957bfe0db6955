import * as v from 'valibot';
import { noted, whole } from '../../settings/leaves';

/** When held-out queries are evaluated, and how many. */
export const evaluationSection = v.strictObject({
  /** 0 evaluates at the end alone. */
  every: noted(whole(0, 100_000, 50), {
    label: 'Evaluate every',
    meaning: 'Steps between evaluations on held-out queries; 0 evaluates at the end alone.',
    source: 'choice',
    unit: 'steps',
    step: 25,
  }),
  queries_per_depth: noted(whole(1, 10_000, 32), {
    label: 'Queries while training',
    meaning: 'Held-out dev queries of each depth in an evaluation on the way.',
    source: 'choice',
    unit: 'per depth',
    step: 16,
  }),
  final_queries_per_depth: noted(whole(1, 100_000, 128), {
    label: 'Queries at the end',
    meaning: 'Held-out queries of each depth, dev and test, in the last evaluation.',
    source: 'choice',
    unit: 'per depth',
    step: 32,
  }),
  bootstrap: noted(whole(0, 100_000, 1000), {
    label: 'Bootstrap',
    meaning: 'Resamplings behind each confidence interval; 0 gives none.',
    source: 'choice',
    unit: 'samples',
    step: 500,
  }),
});

/** When a state is kept from which a run can continue. */
export const checkpointSchema = v.strictObject({
  /** 0 keeps one at the end of each stage alone. */
  every: noted(whole(0, 100_000, 100), {
    label: 'Checkpoint every',
    meaning: 'Steps between checkpoints; 0 keeps one at the end of each stage alone.',
    source: 'choice',
    unit: 'steps',
    step: 50,
  }),
});
