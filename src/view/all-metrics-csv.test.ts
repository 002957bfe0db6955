import { expect, test } from 'vitest';
import { allMetricsCsv } from './all-metrics-csv';

const scores = { ndcg_cut_10: 0.5, recall_100: 1, recip_rank_cut_10: 0.4, map: 0.4, success_1: 0.3 };

test('all metrics in one table: a row a step, evaluations where they were made, empty where nothing was measured', () => {
  const csv = allMetricsCsv({
    steps: Float64Array.of(1, 2),
    stages: ['pretrain', 'sft'],
    columns: [
      ['loss', Float64Array.of(2, 1.5)],
      ['a,b', Float64Array.of(NaN, 3)],
    ],
    evaluations: [
      { step: 2, stage: 'sft', arms: { direct: { ...scores, ci95: { map: [0.2, 0.6] }, by_depth: {}, queries: 8 } } },
    ],
  });
  expect(csv.split('\r\n')).toEqual([
    'step,stage,loss,"a,b",dev/direct/ndcg_cut_10,dev/direct/recall_100,dev/direct/recip_rank_cut_10,dev/direct/map,dev/direct/success_1,dev/direct/queries,dev/direct/map/low,dev/direct/map/high',
    '1,pretrain,2,,,,,,,,,',
    '2,sft,1.5,3,0.5,1,0.4,0.4,0.3,8,0.2,0.6',
  ]);
});
