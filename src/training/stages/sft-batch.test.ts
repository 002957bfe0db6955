import { describe, expect, it } from 'vitest';
import type { Session } from '../../config/session';
import { Random } from '../../lib/philox';
import type { TaskQuery } from '../../tasks/task';
import { depthsAt, sftBatch, supervisedSequence, topicPool } from './sft-batch';
import { sftCapacity } from './sft';
import { tinySession, tinyWorld } from '../tiny.test-data';

type Sft = Session['sft'];
const world = tinyWorld();
const { task, tokens, sentences } = world;
const sftOf = (sft: Partial<Sft> = {}): Sft => ({ ...world.session.sft, steps: 100, batch_size: 12, ...sft });
const LAST = 100;

/** A batch read back: each query with the documents that it is told apart by, and what is learnt of it. */
function read(sft: Sft, t: number) {
  const batch = sftBatch(task, tokens, sentences, sft, t, new Random(5, 'sft', t));
  const { queryRows, documentRows, positive, negative } = batch.contrastive;
  const starts: number[] = [];
  batch.sequences.reduce((row, sequence) => (starts.push(row), row + sequence.length), 0);
  const endingAt = (row: number) =>
    batch.sequences[starts.findIndex((s, i) => s + batch.sequences[i]!.length - 1 === row)]!;
  const documents = Array.from(documentRows, (row) => {
    const ids = endingAt(row).join();
    return tokens.documents.findIndex((document) => document.join() === ids);
  });
  const queries = Array.from(queryRows, (row, i) => {
    const ids = endingAt(row);
    const words = ids.map((id) => tokens.word(id));
    const mode = words.findIndex((word) => word === task.modeWords.think || word === task.modeWords.direct);
    const from = tokens.encode(task.instructions.query).length;
    const query = task.parse(words.slice(from, mode).join(' '))!;
    const start = row - ids.length + 1;
    const learnt = Array.from(batch.answers.rows).flatMap((r, k) =>
      r >= start && r <= row ? [{ at: r - start + 1, label: batch.answers.labels[k]! }] : [],
    );
    return {
      ids,
      mode: words[mode],
      query,
      learnt,
      from: mode + 1,
      answer: words.slice(mode + 1),
      positive: documents[positive[i]!]!,
      negative: documents[negative[i]!]!,
    };
  });
  return { batch, queries, documents };
}

const group = (row: number) => task.documents[row]!.group;
const topicOf = (query: TaskQuery) => query.relevant[0]!.document % task.topics.length;

describe("stage 1's batches", () => {
  it('name the relevant document of each query, and a negative that never is', () => {
    for (const hard_negatives of [1, 2, 3]) {
      for (let t = 1; t <= LAST; t += 9) {
        const { queries, documents } = read(sftOf({ hard_negatives }), t);
        expect(queries).toHaveLength(12);
        expect(new Set(documents).size).toBe(documents.length);
        expect(documents).not.toContain(-1);
        for (const { query, positive, negative } of queries) {
          expect(query.relevant.map(({ document }) => document)).toEqual([positive]);
          expect(negative).not.toBe(positive);
          expect(query.hardNegatives).toContain(negative);
          expect(query.split).toBe('train');
        }
      }
    }
  });

  it('draw negatives of both kinds: another group, and another answer within it', () => {
    for (const hard_negatives of [1, 2]) {
      const queries = [10, 20, 30, 40, 50].flatMap((t) => read(sftOf({ hard_negatives }), t).queries);
      const off = queries.filter(({ positive, negative }) => group(positive) !== group(negative)).length;
      expect(off / queries.length).toBeGreaterThan(0.25);
      expect(off / queries.length).toBeLessThan(0.75);
    }
    // Two negatives of one query: one of either kind.
    const { queries, documents } = read(sftOf({ hard_negatives: 2, batch_size: 2, topics_per_batch: 1 }), LAST);
    for (const { query, positive } of queries) {
      const own = documents.filter((row) => query.hardNegatives.includes(row));
      expect(new Set(own.map((row) => group(row) === group(positive))).size).toBe(2);
    }
  });

  it('without hard negatives hold the positives alone', () => {
    const { queries, documents } = read(sftOf({ hard_negatives: 0 }), LAST);
    expect(new Set(documents)).toEqual(new Set(queries.map(({ positive }) => positive)));
    for (const { positive, negative } of queries) expect(negative).toBe(positive);
  });

  it('make each mode write what it should, and learn all of it', () => {
    const embed = task.specials.embed;
    for (const mode of ['reasoning', 'direct', 'filler'] as const) {
      for (const { query, answer, mode: word, learnt, ids, from } of read(sftOf({ mode }), LAST).queries) {
        const trace = query.trace.split(' ');
        const written = { reasoning: trace, direct: [], filler: trace.map(() => task.specials.filler) }[mode];
        expect(answer).toEqual([...written, embed]);
        expect(word).toBe(task.modeWords[mode === 'direct' ? 'direct' : 'think']);
        expect(learnt.map(({ at }) => at)).toEqual(answer.map((_, i) => from + i));
        expect(learnt.map(({ label }) => label)).toEqual(ids.slice(from));
        if (mode === 'reasoning') expect(query.supervised).toBe(true);
      }
    }
  });

  it('hold each query twice where both modes are trained', () => {
    const { queries } = read(sftOf({ mode: 'both' }), LAST);
    expect(queries).toHaveLength(24);
    for (let i = 0; i < queries.length; i += 2) {
      const [think, direct] = [queries[i]!, queries[i + 1]!];
      expect([think.mode, direct.mode]).toEqual([task.modeWords.think, task.modeWords.direct]);
      expect(direct.query.text).toBe(think.query.text);
      expect(direct.positive).toBe(think.positive);
    }
  });

  it('share the weights of answers and replay out evenly', () => {
    const { batch } = read(sftOf({ weight_sft: 0.7, replay_weight: 0.2, replay_batch_size: 5 }), LAST);
    const sum = (weights: Float32Array) => weights.reduce((a, b) => a + b, 0);
    expect(sum(batch.answers.weights)).toBeCloseTo(0.7, 5);
    expect(batch.replay!.rows).toHaveLength(5);
    expect(sum(batch.replay!.weights)).toBeCloseTo(0.2, 5);
    expect(read(sftOf({ replay_weight: 0 }), LAST).batch.replay).toBeUndefined();
  });

  it('are decided by (seed, step) alone', () => {
    expect(read(sftOf(), 7).batch).toEqual(read(sftOf(), 7).batch);
    expect(read(sftOf(), 8).batch).not.toEqual(read(sftOf(), 7).batch);
  });

  it('never exceed the capacity that buffers are made for', () => {
    for (const mode of ['both', 'reasoning'] as const) {
      const session = { ...tinySession(), sft: sftOf({ mode, hard_negatives: 3 }) };
      const capacity = sftCapacity({ session, task, tokens, sentences });
      for (let t = 1; t <= LAST; t += 5) {
        const { batch } = read(session.sft, t);
        expect(batch.sequences.flat().length).toBeLessThanOrEqual(capacity.tokens);
        expect(batch.answers.rows.length).toBeLessThanOrEqual(capacity.answers);
        expect(batch.replay!.rows.length).toBeLessThanOrEqual(capacity.replay);
        expect(batch.contrastive.queryRows.length).toBeLessThanOrEqual(capacity.queries);
        expect(batch.contrastive.documentRows.length).toBeLessThanOrEqual(capacity.documents);
      }
    }
  });
});

describe('what a step draws from', () => {
  it('is few topics a batch, from a pool that grows to all of them by the middle', () => {
    const sft = sftOf({ topics_per_batch: 2 });
    const pool = Array.from({ length: LAST }, (_, i) => topicPool(task, sft, i + 1));
    expect(pool[0]).toBe(2);
    expect(pool[20]).toBe(2);
    expect(pool[50]).toBe(6);
    expect(pool[99]).toBe(6);
    expect(pool.every((topics, i) => i === 0 || topics >= pool[i - 1]!)).toBe(true);
    expect(new Set(pool)).toEqual(new Set([2, 3, 4, 5, 6]));
    const seen = new Set<number>();
    for (let t = 1; t <= LAST; t += 3) {
      const topics = new Set(read(sft, t).queries.map(({ query }) => topicOf(query)));
      expect(topics.size).toBeLessThanOrEqual(2);
      for (const topic of topics) expect(topic).toBeLessThan(pool[t - 1]!);
      for (const topic of topics) seen.add(topic);
    }
    expect(seen.size).toBe(6);
  });

  it('is every topic from the start where a batch takes them all', () => {
    expect(topicPool(task, sftOf({ topics_per_batch: 96 }), 1)).toBe(6);
    expect(topicPool({ ...task, topics: [] }, sftOf(), 60)).toBe(0);
  });

  it('is all depths, or one more with each third of the curriculum', () => {
    const curriculum = sftOf({ curriculum: true, steps: 9 });
    const depths = (sft: Sft, deepest: number) => Array.from({ length: 9 }, (_, i) => depthsAt(sft, deepest, i + 1));
    expect(depths(curriculum, 4)).toEqual([1, 1, 1, 2, 2, 2, 4, 4, 4]);
    expect(depths(curriculum, 1)).toEqual(new Array(9).fill(1));
    expect(depths(sftOf(), 4)).toEqual(new Array(9).fill(4));
    const deepest = (t: number) =>
      Math.max(...read(sftOf({ curriculum: true }), t).queries.map(({ query }) => query.depth));
    expect([1, 34, 35, 67, 68].map(deepest)).toEqual([1, 1, 2, 2, 3]);
  });
});

it('a supervised sequence starts its answer after the mode word', () => {
  const query = task.sampleQuery(2, true, new Random(1, 'sft').uniform);
  const { ids, from } = supervisedSequence(tokens, query, 'reasoning');
  expect(tokens.word(ids[from - 1]!)).toBe(task.modeWords.think);
  expect(tokens.decode(ids.slice(from))).toBe(`${query.trace} ${task.specials.embed}`);
});
