import * as v from 'valibot';
import { describe, expect, it } from 'vitest';
import { documentText, parseCorpus, parseQrels, parseQueries } from '../formats/beir';
import { hasShared, sharedBytes, sharedJson } from '../formats/shared.test-data';
import { parseRun } from '../formats/trec';
import { Bm25, bm25Tokens } from './bm25';
import { evaluateRun, METRIC_NAMES } from './metrics';
import { bm25Rankings, runOf } from './rankings';

describe('Bm25', () => {
  it('scores as worked out by hand', () => {
    const index = new Bm25(['The cat, the dog.', 'a cat', '']);
    const meanLength = 6 / 3;
    const term = (n: number, tf: number, length: number): number =>
      (Math.log(1 + (3 - n + 0.5) / (n + 0.5)) * tf) / (tf + 0.9 * (0.6 + (0.4 * length) / meanLength));
    const scores = index.scores('THE cat the');
    expect(scores[0]).toBeCloseTo(2 * term(1, 2, 4) + term(2, 1, 4), 6);
    expect(scores[1]).toBeCloseTo(term(2, 1, 2), 6);
    expect(scores[2]).toBe(0);
    expect([...index.search('the cat', 10).rows]).toEqual([0, 1]);
    expect([...index.search('the cat', 1).rows]).toEqual([0]);
  });

  it('finds nothing for a query of unknown or no words, in an index of nothing', () => {
    expect([...new Bm25(['a']).search('zebra ...', 5).rows]).toEqual([]);
    expect([...new Bm25([]).search('a', 5).rows]).toEqual([]);
    expect([...new Bm25(['', '']).search('a', 5).rows]).toEqual([]);
  });

  it('is not misled by words that objects own', () => {
    expect([...new Bm25(['constructor', 'x']).search('constructor toString', 5).rows]).toEqual([0]);
  });

  it('takes ASCII letters and digits', () => {
    expect(bm25Tokens("It's 3.5 naïve_Été")).toEqual(['it', 's', '3', '5', 'na', 've', 't']);
  });
});

const metrics = v.object(Object.fromEntries(METRIC_NAMES.map((name) => [name, v.number()])));

describe.skipIf(!hasShared('data'))('the shared references', () => {
  const collection = async (
    name: string,
  ): Promise<{ run: ReturnType<typeof runOf>; qrels: ReturnType<typeof parseQrels> }> => {
    const corpus = parseCorpus(sharedBytes(`data/${name}/corpus.jsonl`), name);
    const documents = corpus.map((document) => ({ id: document.id, text: documentText(document) }));
    const queries = parseQueries(sharedBytes(`data/${name}/queries.jsonl`), name);
    return {
      run: runOf(queries, documents, await bm25Rankings(documents, queries)),
      qrels: parseQrels(sharedBytes(`data/${name}/qrels/test.tsv`), name),
    };
  };

  it.each(['cranfield', 'musique_train_small'])('%s: the metrics are equal', async (name) => {
    const { run, qrels } = await collection(name);
    const { mean } = evaluateRun(run, qrels);
    const reference = v.parse(metrics, sharedJson(`data/${name}/bm25.test.json`));
    for (const metric of METRIC_NAMES) expect(mean[metric]).toBeCloseTo(reference[metric] ?? NaN, 5);
  });

  it('cranfield: the run is equal, document by document', async () => {
    const { run } = await collection('cranfield');
    const reference = parseRun(sharedBytes('data/cranfield/bm25.test.trec'), 'bm25.test.trec');
    expect(run.size).toBe(reference.size);
    for (const [query, documents] of reference) {
      const ours = new Map(run.get(query)?.map(({ id, score }) => [id, score]));
      expect(ours.size).toBe(documents.length);
      // Documents at the cut may tie, so a few may differ; their scores may not.
      const common = documents.filter(({ id }) => ours.has(id));
      expect(common.length).toBeGreaterThanOrEqual(documents.length - 2);
      const worst = common.reduce((most, { id, score }) => Math.max(most, Math.abs((ours.get(id) ?? NaN) - score)), 0);
      expect(worst).toBeLessThan(1e-5);
    }
  });
});
