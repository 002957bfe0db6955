import { describe, expect, it } from 'vitest';
import type { SystemResult } from '../host/browser/api';
import { gains, leftOutSentences, metricsCsv, metricsJson, progressSentence, queriesCsv } from './benchmark';

const interval: [number, number] = [0.1, 0.5];
const system = (name: SystemResult['system'], ndcg: number): SystemResult => ({
  system: name,
  ndcg_cut_10: ndcg,
  recall_100: 1,
  recip_rank_cut_10: 0.5,
  map: 0.25,
  success_1: 0,
  ci95: {
    ndcg_cut_10: interval,
    recall_100: interval,
    recip_rank_cut_10: interval,
    map: interval,
    success_1: interval,
  },
  overBm25: null,
  truncated: 0,
  notEmitted: 0,
});
const result = {
  collection: 'c',
  split: 'test',
  documents: 3,
  queries: 4,
  model: null,
  passages: null,
  systems: [system('bm25', 0.3), system('fusion', 0.4)],
  perQuery: [
    { id: 'a', text: '', ndcg_cut_10: [0, 1] },
    { id: 'b,"', text: '', ndcg_cut_10: [1, 0.5] },
    { id: 'c', text: '', ndcg_cut_10: [0.5, 0.5] },
    { id: 'd', text: '', ndcg_cut_10: [0.2, 0.3] },
  ],
  files: [],
  milliseconds: 5,
};

describe('a benchmark in words and files', () => {
  it('says how far it is', () => {
    expect(progressSentence(null)).toBe('The benchmark begins.');
    expect(progressSentence({ what: 'documents', done: 512, of: 1400 })).toBe(
      'The model reads the documents: 512 of 1,400.',
    );
  });

  it('says what is left out, and nothing where nothing is', () => {
    const none = { judgements_of_unknown_queries: 0, judgements_of_unknown_documents: 0, queries_without_relevant: 0 };
    expect(leftOutSentences(none)).toEqual([]);
    expect(leftOutSentences({ ...none, judgements_of_unknown_documents: 1, queries_without_relevant: 2 })).toEqual([
      '1 judgement of documents that corpus.jsonl does not hold',
      '2 queries without a relevant document',
    ]);
  });

  it('sorts queries by what they gained and lost', () => {
    const { gained, lost, same } = gains(result, ['fusion', 'bm25']);
    expect(gained.map(({ id }) => id)).toEqual(['a', 'd']);
    expect(lost.map(({ id }) => id)).toEqual(['b,"']);
    expect(same).toBe(1);
    expect(gains(result, ['bm25', 'fusion']).lost.map(({ id }) => id)).toEqual(['a', 'd']);
  });

  it('gives exact numbers to take away', () => {
    expect(metricsCsv(result).split('\r\n').slice(0, 2)).toEqual([
      'system,metric,value,low95,high95',
      'bm25,ndcg_cut_10,0.3,0.1,0.5',
    ]);
    expect(queriesCsv(result).split('\r\n').slice(0, 3)).toEqual(['query,bm25,fusion', 'a,0,1', '"b,""",1,0.5']);
    expect(JSON.parse(metricsJson(result))).toMatchObject({
      queries: 4,
      per_query: [{ id: 'a', ndcg_cut_10: { bm25: 0, fusion: 1 } }, {}, {}, {}],
    });
  });
});
