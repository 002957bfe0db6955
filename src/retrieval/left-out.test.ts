import { describe, expect, it } from 'vitest';
import { leftOutDocuments, rankedWithout, runWithout } from './left-out';
import { evaluateRun } from './metrics';
import { bm25Rankings, runOf } from './rankings';

const documents = [
  { id: 'con01', text: 'wings lift planes' },
  { id: 'pro01', text: 'planes need wings to lift' },
  { id: 'other', text: 'slabs' },
];

describe('a document that is the query itself', () => {
  const queries = [{ id: 'con01', text: 'wings lift planes' }];
  const qrels = new Map([['con01', new Map([['pro01', 1]])]]);

  it('is left out, as BEIR does', async () => {
    const found = await bm25Rankings(documents, queries);
    expect(evaluateRun(runOf(queries, documents, found), qrels).mean.ndcg_cut_10).toBeCloseTo(0.6309, 4);
    const kept = rankedWithout(found, queries, documents, leftOutDocuments(queries, documents));
    expect(kept.count).toBe(1);
    expect(evaluateRun(runOf(queries, documents, kept.found), qrels).mean.ndcg_cut_10).toBe(1);
    const { run, count } = runWithout(runOf(queries, documents, found), leftOutDocuments(queries, documents));
    expect(count).toBe(1);
    expect(run.get('con01')?.map(({ id }) => id)).toEqual(['pro01']);
  });

  it('so is what a query excludes', () => {
    const asked = [{ id: 'q', text: 'x', excluded: ['other', 'gone'] }];
    expect(leftOutDocuments(asked, documents)).toEqual(new Map([['q', new Set(['other'])]]));
  });

  it('stays where both have only line numbers as ids, unless the text is the same', () => {
    const lines = documents.map(({ text }, i) => ({ id: String(i + 1), text }));
    const asked = [
      { id: '1', text: 'what is a slab' },
      { id: '2', text: 'Planes need  wings' },
    ];
    expect([...leftOutDocuments(asked, lines).keys()]).toEqual(['2']);
    // Numbers with gaps are names.
    expect([...leftOutDocuments([{ id: '2', text: 'what' }], lines).keys()]).toEqual(['2']);
  });
});
