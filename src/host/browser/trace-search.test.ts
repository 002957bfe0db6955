import { describe, expect, it } from 'vitest';
import { parseSession } from '../../config/parse-session';
import type { TraceRecord } from '../../records/records';
import { createTask } from '../../tasks/registry';
import type { TaskQuery } from '../../tasks/task';
import type { TraceFilter } from './messages';
import { thinned } from './past-models';
import { Journal } from './runs/journal';
import { MemoryFolder } from './runs/memory-files';
import { JournalRecords } from './runs/records';
import { findTraces, traceGroup, traceHistory } from './trace-search';

const { task: settings } = parseSession(
  {
    task: { entities: 8, relations: 3, topics: 3, max_depth: 2 },
    sft: { topics_per_batch: 2 },
    grpo: { depth_weights: [1, 2] },
  },
  'test',
);
const task = createTask(settings, 3);
const queries = task.heldOut('dev', 3);
const deep = queries.filter(({ depth }) => depth === 2);
const any: TraceFilter = {
  kind: 'sampled',
  step: null,
  text: '',
  depth: null,
  outcome: 'any',
  reward: 'any',
  advantage: 'any',
};

function line(step: number, query: TaskQuery, completion: number, text: string, reward: number): TraceRecord {
  const ids = text.split(' ').map((word) => task.vocabulary.indexOf(word));
  const zeros = ids.map(() => 0);
  const rank = reward > 0 ? 1 : 0;
  return { step, query: query.text, completion, ids, text, logprobs: zeros, entropies: zeros, reward, advantage: reward - 0.5, rank }; // prettier-ignore
}

const embed = task.specials.embed;
const right = (query: TaskQuery) => `${query.trace} ${embed}`;
const wrong = (query: TaskQuery) => `${queries.find(({ trace }) => trace !== query.trace)!.trace} ${embed}`;

async function empty(): Promise<JournalRecords> {
  const journal = await Journal.open(new MemoryFolder());
  return new JournalRecords(journal, journal);
}

async function recorded(steps: number): Promise<JournalRecords> {
  const records = await empty();
  for (let step = 1; step <= steps; step++) {
    records.addTraces(
      queries.flatMap((query) => [
        line(step, query, 0, right(query), 1),
        line(step, query, 1, wrong(query), 0.4),
        line(step, query, 2, query.trace, 0),
      ]),
    );
  }
  return records;
}

describe('finding traces', () => {
  it('lists every group of every step, newest first, a page at a time', async () => {
    const records = await recorded(30);
    const first = await findTraces(records, task, any, null);
    expect(first.groups).toHaveLength(Math.ceil(60 / queries.length) * queries.length);
    expect(first.groups[0]!.step).toBe(30);
    const rest = await findTraces(records, task, any, first.next);
    expect(rest.groups[0]!.step).toBe(first.next);
    const seen = [...first.groups, ...rest.groups].map(({ step, query }) => `${step} ${query}`);
    expect(new Set(seen).size).toBe(seen.length);
    let left = rest.next;
    let count = seen.length;
    while (left !== null) {
      const page = await findTraces(records, task, any, left);
      count += page.groups.length;
      left = page.next;
    }
    expect(count).toBe(30 * queries.length);
  });

  it.each([
    [{ step: 2 }, queries.length, [true, true, true]],
    [{ step: 9 }, 0, []],
    [{ step: 2, depth: 2 }, deep.length, [true, true, true]],
    [{ step: 2, outcome: 'right' as const }, queries.length, [true, false, false]],
    [{ step: 2, outcome: 'wrong' as const }, queries.length, [false, true, false]],
    [{ step: 2, outcome: 'cut' as const }, queries.length, [false, false, true]],
    [{ step: 2, reward: 'some' as const }, queries.length, [false, true, false]],
    [{ step: 2, reward: 'full' as const, outcome: 'wrong' as const }, 0, []],
    [{ step: 2, advantage: 'above' as const }, queries.length, [true, false, false]],
    [{ step: 2, text: queries[0]!.text.toUpperCase() }, 1, [true, true, true]],
  ])('keeps what %j lets through', async (change, count, matches) => {
    const { groups, next } = await findTraces(await recorded(3), task, { ...any, ...change }, null);
    expect(groups).toHaveLength(count);
    expect(groups[0]?.completions.map((completion) => completion.matches) ?? []).toEqual(matches);
    expect(next).toBeNull();
  });
});

describe('a group', () => {
  it('says which hop went wrong, and what was sampled twice is one group', async () => {
    const records = await empty();
    const query = deep[0]!;
    const lines = [line(1, query, 0, right(query), 1), line(1, query, 0, query.trace.split(' ').slice(0, 2).join(' '), 0)];
    records.addTraces(lines);
    const group = (await traceGroup(records, task, 1, query.text, null))!;
    expect(group).toMatchObject({ kind: 'sampled', depth: 2, split: 'dev', gold: query.trace });
    expect(group.relevant.map(({ document }) => document)).toEqual(query.relevant.map(({ document }) => document));
    expect(group.completions.map(({ emitted, exact }) => [emitted, exact])).toEqual([[true, true], [false, false]]);
    expect(group.completions[0]!.tokens.at(-1)).toBe(embed);
    expect(group.completions[1]!.hops.map(({ right: ok, text }) => [ok, text === ''])).toEqual([[true, false], [false, true]]);
    expect(await traceGroup(records, task, 1, 'another', null)).toBeNull();
    expect(await traceGroup(records, task, 1, query.text, 'dev')).toBeNull();
  }); // prettier-ignore

  it('of a held-out query goes through the evaluations, oldest first', async () => {
    const records = await empty();
    for (const step of [10, 20, 30]) records.addDev([line(step, queries[0]!, 0, right(queries[0]!), 1)]);
    records.addDev([line(40, queries[1]!, 0, right(queries[1]!), 1)]);
    const history = await traceHistory(records, task, queries[0]!.text);
    expect(history.map(({ step, kind }) => [step, kind])).toEqual([[10, 'dev'], [20, 'dev'], [30, 'dev']]); // prettier-ignore
  });
});

it('models that become too many are thinned to every second one, the newest among them', () => {
  expect(thinned([1, 2, 3, 4])).toEqual([2, 4]);
  expect(thinned([1, 2, 3])).toEqual([1, 3]);
});
