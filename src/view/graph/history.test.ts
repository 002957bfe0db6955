import { describe, expect, test } from 'vitest';
import { Random } from '../../lib/philox';
import type { GraphRecord, GraphStart } from '../../records/records';
import { edgesBefore, GraphHistory, rewardsOf } from './history';

const BOUND = 6;
const DOCUMENTS = 40;

/** A graph whose edges come and go by chance, and the sets of edges that it should have after each step. */
function scripted(refreshes: number, seed = 1) {
  const random = new Random(seed, 'task');
  const lists = Array.from({ length: DOCUMENTS }, (_, i) => [(i + 1) % DOCUMENTS, (i + 5) % DOCUMENTS]);
  const start: GraphStart = {
    step: 10,
    degree_bound: BOUND,
    counts: Int32Array.from(lists, ({ length }) => length),
    neighbours: Int32Array.from(lists.flat()),
  };
  const edgesOf = () => lists.flatMap((list, from) => list.map((to) => `${from} ${to}`)).sort();
  const expected = [edgesOf()];
  const records: GraphRecord[] = [];
  const encodedAt = new Int32Array(DOCUMENTS).fill(10);
  for (let i = 1; i <= refreshes; i++) {
    const step = 10 + 2 * i;
    const [added, removed]: [number, number][][] = [[], []];
    const docs = [...new Set([random.integer(DOCUMENTS), random.integer(DOCUMENTS)])];
    for (const doc of docs) {
      const list = lists[doc]!;
      const gone = list.length > 1 ? list.splice(random.integer(list.length), 1) : [];
      for (const to of gone) removed!.push([doc, to]);
      const to = random.integer(DOCUMENTS);
      if (to === doc || list.includes(to) || gone.includes(to) || list.length >= BOUND) continue;
      list.push(to);
      added!.push([doc, to]);
    }
    const reencoded = docs.map((doc) => ({ doc, drift: 0.01 * i, age: step - encodedAt[doc]! }));
    for (const doc of docs) encodedAt[doc] = step;
    records.push({
      step,
      reencoded,
      added: added!,
      removed: removed!,
      compensated: { count: DOCUMENTS - docs.length, mean_drift: 0.001 },
      searches: [
        { query: 'q', completion: 0, path: [0], found: docs, wanted: [docs[0]!], rank_before: 3, rank_after: 1 },
      ],
      recall: null,
      reward_error: null,
    });
    expected.push(edgesOf());
  }
  return { start, records, expected };
}

const edges = (history: GraphHistory, index: number): string[] => {
  const { targets, counts } = history.at(index);
  return Array.from(counts, (count, from) =>
    Array.from(targets.subarray(from * BOUND, from * BOUND + count), (to) => `${from} ${to}`),
  )
    .flat()
    .sort();
};

describe('GraphHistory', () => {
  test('is at any place, in any order, what the edits up to there make of the start', () => {
    const { start, records, expected } = scripted(100);
    const history = new GraphHistory(start);
    for (const record of records) history.add(record);
    const random = new Random(3, 'task');
    const order = [100, 0, 1, 99, 50, 49, 51, ...Array.from({ length: 60 }, () => random.integer(101))];
    for (const index of order) {
      expect(edges(history, index), `place ${index}`).toEqual(expected[index]);
      expect(history.at(index)).toMatchObject({ index, step: 10 + 2 * index, edges: expected[index]!.length });
      expect(history.edgesAt(index)).toBe(expected[index]!.length);
    }
    for (let i = 0; i < 101; i++) expect(history.stepOf(i)).toBe(10 + 2 * i);
    expect([9, 10, 11, 12, 13, 209, 400].map((step) => history.indexAt(step))).toEqual([0, 0, 0, 1, 1, 99, 100]);
  });

  test('knows of each document when it was encoded, how far it drifted and when it was found', () => {
    const { start, records } = scripted(40, 2);
    const history = new GraphHistory(start);
    for (const record of records) history.add(record);
    for (const index of [33, 5, 40, 17]) {
      const state = history.at(index);
      const encoded = new Int32Array(DOCUMENTS).fill(10);
      const drift = new Float32Array(DOCUMENTS).fill(-1);
      for (const record of records.slice(0, index)) {
        for (const { doc, drift: seen, age } of record.reencoded) {
          expect(age).toBe(record.step - encoded[doc]!);
          encoded[doc] = record.step;
          drift[doc] = seen;
        }
      }
      expect(state.encodedAt).toEqual(encoded);
      expect(state.drift).toEqual(drift);
      const [first] = records[index - 1]!.reencoded;
      expect([state.foundAt[first!.doc], state.reward[first!.doc]]).toEqual([state.step, 1]);
    }
  });

  test('takes records while it is looked at', () => {
    const { start, records, expected } = scripted(40, 4);
    const history = new GraphHistory(start);
    records.forEach((record, i) => {
      history.add(record);
      expect(edges(history, i % 3 === 0 ? Math.floor(i / 2) : i + 1)).toEqual(expected[i % 3 === 0 ? Math.floor(i / 2) : i + 1]); // prettier-ignore
    });
  });

  test('refuses records that do not follow from each other', () => {
    const { start, records } = scripted(3);
    const history = new GraphHistory(start);
    history.add(records[0]!);
    expect(() => history.add(records[0]!)).toThrow('the refresh of step 12 came after a later one');
    expect(() => history.add({ ...records[1]!, removed: [[0, 0]] })).toThrow(
      'removes the edge 0 to 0, which is not there',
    );
    const full: [number, number][] = Array.from({ length: BOUND + 1 }, (_, i) => [7, i + 20]);
    expect(() => history.add({ ...records[1]!, removed: [], added: full })).toThrow('to a full list');
  });

  test('tells which edges stood before a step', () => {
    const { start, records, expected } = scripted(8, 6);
    const history = new GraphHistory(start);
    for (const record of records) history.add(record);
    const before = new Set(expected[4]);
    const after = history.at(5);
    const all = Array.from({ length: DOCUMENTS }, (_, document) => document);
    const found = [...edgesBefore(after, BOUND, history.refresh(5)!, all)];
    const edges = found.flatMap(([from, targets]) => targets.map((to) => `${from} ${to}`));
    expect(edges.sort()).toEqual([...before].sort());
  });
});

test('the reward of a document is the mean over the searches that wanted it', () => {
  const search = { query: 'q', completion: 0, path: [], found: [], rank_before: 0 };
  const rewards = rewardsOf([
    { ...search, wanted: [4], rank_after: 1 },
    { ...search, wanted: [4], rank_after: 3 },
    { ...search, wanted: [5], rank_after: 0 },
  ]);
  expect([...rewards]).toEqual([
    [4, 0.75],
    [5, 0],
  ]);
});
