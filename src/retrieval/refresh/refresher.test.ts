import { describe, expect, it } from 'vitest';
import { InputError } from '../../lib/errors';
import { ExactIndex } from '../search-index';
import { DriftingModel } from './drift.test-data';
import { Refresher, type RefresherOptions, type RefreshReport } from './refresher';
import { dcgReward } from './reward';
import { oldestShare, type RefreshSettings } from './settings';

const D = 12;
const N = 200;
const graph = { m: 6 };

async function start(settings: Partial<RefreshSettings>): Promise<{ model: DriftingModel; refresher: Refresher }> {
  const model = new DriftingModel(N, D, 0.04, 0.02);
  return { model, refresher: Refresher.create(await model.encodeAll(), D, { settings, graph }) };
}

const stored = ({ embeddings }: Refresher, document: number): Float32Array =>
  embeddings.slice(document * D, (document + 1) * D);

async function advance(model: DriftingModel, refresher: Refresher, step: number): Promise<RefreshReport> {
  model.advance();
  return refresher.step({ step, queries: model.queries(6, step), encode: model.encode });
}

describe('Refresher', () => {
  it('none encodes nothing and changes nothing', async () => {
    const { model, refresher } = await start({ policy: 'none' });
    const before = refresher.state();
    const { record, metrics } = await advance(model, refresher, 1);
    expect(record).toMatchObject({ reencoded: [], added: [], removed: [], compensated: { count: 0, mean_drift: 0 } });
    expect(metrics).toMatchObject({ 'refresh/share': 0, 'refresh/age_mean': 1, 'refresh/age_max': 1 });
    expect(refresher.state()).toEqual({ ...before, step: 1 });
  });

  it('full keeps every document fresh', async () => {
    const { model, refresher } = await start({ policy: 'full' });
    const { record, metrics } = await advance(model, refresher, 1);
    expect(record.reencoded).toHaveLength(N);
    expect(metrics).toMatchObject({ 'refresh/share': 1, 'refresh/age_max': 0 });
    expect(refresher.state().vectors).toEqual(await model.encodeAll());
  });

  it('periodic refreshes at multiples of its period', async () => {
    const { model, refresher } = await start({ policy: 'periodic', every: 3 });
    const counts: number[] = [];
    for (let step = 1; step <= 7; step++) counts.push((await advance(model, refresher, step)).record.reencoded.length);
    expect(counts).toEqual([0, 0, N, 0, 0, N, 0]);
  });

  it('local re-encodes its budget, moves all others, and reports drift, age and edges', async () => {
    const { model, refresher } = await start({ policy: 'local', budget: 0.1 });
    await advance(model, refresher, 1);
    const before = refresher.state();
    const { record, metrics } = await advance(model, refresher, 2);
    expect(record.reencoded).toHaveLength(20);
    expect(record.compensated.count).toBe(N - 20);
    expect(record.compensated.mean_drift).toBeGreaterThan(0);
    const fresh = await model.encodeAll();
    for (const { doc, drift, age } of record.reencoded) {
      const now = fresh.slice(doc * D, (doc + 1) * D);
      expect(stored(refresher, doc)).toEqual(now);
      const kept = before.vectors.slice(doc * D, (doc + 1) * D);
      expect(drift).toBeCloseTo(1 - now.reduce((sum, x, i) => sum + x * (kept[i] ?? NaN), 0), 6);
      expect(age).toBe(2 - (before.staleness.encodedAt[doc] ?? NaN));
    }
    expect(metrics['refresh/edges_added']).toBe(record.added.length);
    expect(record.added.length).toBeGreaterThan(0);
    expect(refresher.graph.checkIntegrity().problems).toEqual([]);
  });

  it('without compensation leaves the others alone', async () => {
    const { model, refresher } = await start({ policy: 'local', budget: 0.1, compensation: false });
    const before = refresher.state().vectors;
    const { record } = await advance(model, refresher, 1);
    const encoded = new Set(record.reencoded.map(({ doc }) => doc));
    for (let doc = 0; doc < N; doc++) {
      if (!encoded.has(doc)) expect(stored(refresher, doc)).toEqual(before.slice(doc * D, (doc + 1) * D));
    }
  });

  it('searches, refreshes, then searches again', async () => {
    const { model, refresher } = await start({ policy: 'full' });
    for (let i = 0; i < 40; i++) model.advance();
    const queries = model.queries(20, 1);
    const fresh = await model.encodeAll();
    const stale = refresher.state().vectors;
    const { record, rankings, metrics } = await refresher.step({
      step: 1,
      queries,
      encode: model.encode,
      fresh,
    });
    const first = queries[0]?.embedding ?? new Float32Array(D);
    const rankIn = (vectors: Float32Array, ranks: number): number =>
      new ExactIndex(vectors, D).search(first, ranks).ids.indexOf(queries[0]?.relevant[0]?.document ?? -1) + 1;
    expect(record.searches).toHaveLength(8);
    expect(record.searches[0]).toMatchObject({ rank_before: rankIn(stale, 64), rank_after: rankIn(fresh, 64) });
    expect(record.searches[0]?.found).toEqual([...(rankings[0] ?? [])]);
    expect(record.searches[0]?.path.length).toBeGreaterThan(0);
    const rewards = queries.map(({ relevant }, i) => dcgReward(rankings[i]!, relevant, 10));
    expect(rewards.some((reward) => reward > 0.9)).toBe(true);
    expect(metrics['refresh/recall']).toBe(record.recall);
    expect(record.recall).toBeGreaterThan(0.99);
    expect(record.reward_error).toBeLessThan(0.01);
    expect(metrics['refresh/reward_error_before']).toBeGreaterThan(0.1);
  });

  it('gives a completion without an embedding reward 0 and no search', async () => {
    const { model, refresher } = await start({ policy: 'local' });
    const queries = model.queries(3, 1).map((query, i) => (i === 1 ? { ...query, embedding: null } : query));
    const { rankings, record } = await refresher.step({ step: 1, queries, encode: model.encode });
    expect(rankings).toHaveLength(3);
    expect(dcgReward(rankings[1]!, queries[1]!.relevant, 10)).toBe(0);
    expect(rankings[1]).toHaveLength(0);
    expect(rankings[2]).toHaveLength(10);
    expect(record.searches.map(({ completion }) => completion)).toEqual([0, 2]);
  });

  it.each(['none', 'full', 'periodic', 'local'] as const)('%s resumes exactly', async (policy) => {
    const options: RefresherOptions = { settings: { policy, every: 2, budget: 0.1 }, graph, seed: 4 };
    const run = async (stops: boolean): Promise<unknown[]> => {
      const model = new DriftingModel(N, D, 0.04, 0.02);
      let refresher = Refresher.create(await model.encodeAll(), D, options);
      const reports: unknown[] = [];
      for (let step = 1; step <= 6; step++) {
        if (stops && step % 2 === 0) refresher = Refresher.restore(structuredClone(refresher.state()), D, options);
        reports.push(await advance(model, refresher, step));
      }
      return [...reports, refresher.state()];
    };
    expect(await run(true)).toEqual(await run(false));
  });

  it('keeps nothing of a step whose encoding failed', async () => {
    const { model, refresher } = await start({ policy: 'local' });
    const before = refresher.state();
    const queries = model.queries(3, 1);
    const broken = refresher.step({ step: 1, queries, encode: () => Promise.reject(new Error('lost device')) });
    await expect(broken).rejects.toThrow('lost device');
    const short = refresher.step({ step: 1, queries, encode: () => Promise.resolve(new Float32Array(D)) });
    await expect(short).rejects.toThrow(InputError);
    expect(refresher.state()).toEqual(before);
  });

  it.each<[Partial<RefreshSettings>, RegExp]>([
    [{ budget: 0 }, /refresh\.budget is 0/],
    [{ budget: 1.01 }, /refresh\.budget is 1.01/],
    [{ budget: NaN }, /refresh\.budget is NaN/],
    [{ k: N + 1 }, /refresh\.k is 201, expected .* 200 documents/],
    [{ k: 0 }, /refresh\.k is 0/],
    [{ every: 0 }, /refresh\.every/],
    [{ oldest_share: 1.5 }, /refresh\.oldest_share/],
    [{ ridge: 0 }, /refresh\.ridge/],
  ])('refuses %j', async (settings, message) => {
    await expect(start(settings)).rejects.toThrow(InputError);
    await expect(start(settings)).rejects.toThrow(message);
  });

  it('refuses a step that does not increase and a state of another corpus', async () => {
    const { model, refresher } = await start({ policy: 'none' });
    await advance(model, refresher, 2);
    await expect(advance(model, refresher, 2)).rejects.toThrow(/step is 2/);
    const state = refresher.state();
    const staleness = { ...state.staleness, encodedAt: new Int32Array(3) };
    expect(() => Refresher.restore({ ...state, staleness }, D, { graph })).toThrow(/for 3 documents/);
  });
});

describe('oldestShare', () => {
  it('is 80/20 at 1% and 60/40 at 5%', () => {
    expect(oldestShare(0.005)).toBeCloseTo(0.2, 12);
    expect(oldestShare(0.01)).toBeCloseTo(0.2, 12);
    expect(oldestShare(0.03)).toBeCloseTo(0.3, 12);
    expect(oldestShare(0.05)).toBeCloseTo(0.4, 12);
    expect(oldestShare(1)).toBeCloseTo(0.4, 12);
  });
});
