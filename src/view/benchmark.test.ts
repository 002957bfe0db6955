import { describe, expect, it } from 'vitest';
import type { SystemResult } from '../host/browser/api';
import {
  comparedQueries,
  gains,
  leftOutSentences,
  listedQueries,
  metricsCsv,
  metricsJson,
  progressSentence,
  queriesCsv,
  type QueryOrder,
} from './benchmark';

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
  fused: null,
  truncated: 0,
  notEmitted: 0,
});
/** The same by every metric. */
const same = (values: readonly number[]) => ({
  ndcg_cut_10: values,
  recip_rank_cut_10: values,
  success_1: values,
  recall_100: values,
  map: values,
});
const result = {
  collection: 'c',
  split: 'test',
  documents: 3,
  queries: 4,
  documentsOfQueries: 0,
  queriesWithoutWord: 0,
  unknown: null,
  reasoning: null,
  model: null,
  rival: null,
  passages: null,
  systems: [system('bm25', 0.3), system('fusion', 0.4)],
  perQuery: [
    { id: 'a', text: '', scores: same([0, 1]) },
    { id: 'b,"', text: '', scores: same([1, 0.5]) },
    { id: 'c', text: '', scores: same([0.5, 0.5]) },
    { id: 'd', text: '', scores: same([0.2, 0.3]) },
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
    const compared = comparedQueries(result, { of: 'fusion', over: 'bm25', metric: 'map' });
    const { gained, lost, same } = gains(compared);
    expect(gained.map(({ id }) => id)).toEqual(['a', 'd']);
    expect(lost.map(({ id }) => id)).toEqual(['b,"']);
    expect(same).toBe(1);
    const back = comparedQueries(result, { of: 'bm25', over: 'fusion', metric: 'ndcg_cut_10' });
    expect(gains(back).lost.map(({ id }) => id)).toEqual(['a', 'd']);
  });

  it('lists all queries, found by words and sorted', () => {
    const query = (id: string, text: string, of: number, over: number) => ({ id, text, of, over, gain: of - over });
    const all = [query('q10', 'heat flow', 1, 0), query('q9', 'heat shock', 0.5, 0.5), query('q1', 'wing', 0, 1)];
    const ids = (find: string, order: QueryOrder, descending = true): string[] =>
      listedQueries(all, { find, order, descending }).map(({ id }) => id);
    expect(ids('', 'gain')).toEqual(['q10', 'q9', 'q1']);
    expect(ids('', 'over')).toEqual(['q1', 'q9', 'q10']);
    expect(ids('', 'of', false)).toEqual(['q1', 'q9', 'q10']);
    expect(ids('', 'id', false)).toEqual(['q1', 'q9', 'q10']);
    expect(ids('HEAT', 'id')).toEqual(['q10', 'q9']);
    expect(ids('heat q9', 'gain')).toEqual(['q9']);
    expect(ids('ice', 'gain')).toEqual([]);
  });

  it('gives exact numbers to take away', () => {
    expect(metricsCsv(result).split('\r\n').slice(0, 2)).toEqual([
      'system,metric,value,low95,high95',
      'bm25,ndcg_cut_10,0.3,0.1,0.5',
    ]);
    expect(queriesCsv(result).split('\r\n').slice(0, 3)).toEqual([
      'query,metric,bm25,fusion',
      'a,ndcg_cut_10,0,1',
      'a,recip_rank_cut_10,0,1',
    ]);
    expect(queriesCsv(result)).toContain('\n"b,""",map,1,0.5\r');
    expect(JSON.parse(metricsJson(result))).toMatchObject({
      queries: 4,
      per_query: [{ id: 'a', map: { bm25: 0, fusion: 1 } }, {}, {}, {}],
    });
  });
});
