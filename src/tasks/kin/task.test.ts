import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { defaultSession } from '../../config/session';
import { InputError } from '../../lib/errors';
import { Random } from '../../lib/philox';
import { settingsFor } from '../../config/tasks';
import type { KinSettings } from './settings';
import { createKin } from './task';
import { createTask } from '../registry';
import type { Task, TaskQuery } from '../task';

const defaults: KinSettings = {
  entities: 64,
  relations: 8,
  topics: 24,
  max_depth: 4,
  traces_per_depth: 300,
  held_out: 0.2,
  query_instruction: '',
  document_instruction: '',
};

/** A query's entity and relations: its text without the topic. */
const composed = (query: TaskQuery): string => query.text.split(' ').slice(1).join(' ');

/** The facts, from the corpus alone: `e r` → e'. */
const factsOf = (task: Task): Map<string, string> =>
  new Map(
    task.corpus
      .filter(({ kind }) => kind === 'fact')
      .map(({ text }) => {
        const [entity = '', relation = '', to = ''] = text.split(' ');
        return [`${entity} ${relation}`, to];
      }),
  );

/** The words that a document must hold and those that it may hold, from the glossary alone. */
function glossaryOf(task: Task): { descriptors: Map<string, string[]>; synonyms: Map<string, string[]> } {
  const lines = task.corpus.filter(({ kind }) => kind === 'glossary').map(({ text }) => text.split(' '));
  const from = (length: number, isHead: (word: string) => boolean): Map<string, string[]> =>
    new Map(
      lines.flatMap(([head = '', ...rest]) =>
        rest.length === length - 1 && isHead(head) ? [[head, rest] as const] : [],
      ),
    );
  const topics = new Set(task.topics);
  const entities = new Set([...factsOf(task).values()]);
  return { descriptors: from(4, (w) => entities.has(w)), synonyms: from(3, (w) => topics.has(w)) };
}

/** Walks the facts: the entity that the query asks for, and the trace. */
function answer(facts: Map<string, string>, query: TaskQuery): { entity: string; trace: string } {
  const [, start = '', ...relations] = query.text.split(' ');
  let entity = start;
  const steps = relations.map((relation) => {
    entity = facts.get(`${entity} ${relation}`) ?? '?';
    return `${relation} ${entity}`;
  });
  return { entity, trace: steps.join(' ') };
}

/** Checks a query against the facts and the glossary that the model reads. */
function checkQueries(task: Task, queries: TaskQuery[]): void {
  const facts = factsOf(task);
  const glossary = glossaryOf(task);
  for (const query of queries) checkQuery(task, query, facts, glossary);
}

function checkQuery(
  task: Task,
  query: TaskQuery,
  facts: Map<string, string>,
  { descriptors, synonyms }: ReturnType<typeof glossaryOf>,
): void {
  const { entity, trace } = answer(facts, query);
  const [topic = ''] = query.text.split(' ');
  expect(query.trace).toBe(trace);
  expect(query.depth).toBe(trace.split(' ').length / 2);
  expect(query.relevant).toHaveLength(1);
  const right = query.relevant[0]?.document ?? -1;
  const words = task.documents[right]?.text.split(' ') ?? [];
  expect(words).toEqual(expect.arrayContaining(descriptors.get(entity) ?? ['?']));
  expect(words.filter((word) => synonyms.get(topic)?.includes(word))).toHaveLength(1);
  expect(query.hardNegatives.length).toBeGreaterThanOrEqual(Math.min(6, task.documents.length - 1));
  expect(new Set([...query.hardNegatives, right]).size).toBe(query.hardNegatives.length + 1);
  expect(query.hardNegatives.filter((row) => task.documents[row] === undefined)).toEqual([]);
}

describe('kin, as the default session has it', () => {
  let task: Task;
  beforeAll(() => {
    task = createKin(defaults, 1);
  });

  it('is what the session names', () => {
    expect(createTask(defaultSession.task, 1).hash).toBe(createKin(settingsFor(defaultSession, 'kin'), 1).hash);
    expect(defaultSession.task).toMatchObject({ ...defaults });
  });

  it('has the sizes of the research notes', () => {
    const kinds = (kind: string): number => task.corpus.filter((sentence) => sentence.kind === kind).length;
    expect(kinds('fact')).toBe(512);
    expect(kinds('glossary')).toBe(64 * 2 + 24 * 3);
    expect(kinds('document')).toBe(1536);
    expect(task.documents).toHaveLength(1536);
    expect(new Set(task.documents.map(({ id }) => id)).size).toBe(1536);
    expect(task.vocabulary.slice(0, 6)).toEqual([
      '<pad>',
      '<unk>',
      '<think>',
      '<direct>',
      '<filler>',
      '<|embed_token|>',
    ]);
    expect(task.vocabulary).toHaveLength(6 + 64 + 8 + 24 + 48 + 12 + 8);
    expect(new Set(task.vocabulary.map((word) => word.toLowerCase())).size).toBe(task.vocabulary.length);
  });

  it('says nothing outside its vocabulary', () => {
    const known = new Set(task.vocabulary);
    const texts = [
      ...task.corpus.map(({ text }) => text),
      ...task.heldOut('dev', 50).flatMap(({ text, trace }) => [text, trace]),
    ];
    expect(texts.flatMap((text) => text.split(' ')).filter((word) => !known.has(word))).toEqual([]);
  });

  it('has relations that are permutations without fixed points', () => {
    const facts = [...factsOf(task)];
    for (const [from, to] of facts) expect(from.split(' ')[0]).not.toBe(to);
    for (const relation of new Set(facts.map(([from]) => from.split(' ')[1]))) {
      expect(new Set(facts.filter(([from]) => from.endsWith(` ${relation}`)).map(([, to]) => to)).size).toBe(64);
    }
  });

  it('describes every entity by a triple of its own', () => {
    const { descriptors } = glossaryOf(task);
    expect(descriptors.size).toBe(64);
    expect(new Set([...descriptors.values()].map((words) => words.join(' '))).size).toBe(64);
  });

  it('has no word of a query in any document', () => {
    const said = new Set(task.documents.flatMap(({ text }) => text.toLowerCase().split(' ')));
    const asked = new Set<string>();
    const random = new Random(5, 'sft');
    for (let i = 0; i < 4000; i++) {
      const query = task.sampleQuery(1 + (i % 4), false, random.uniform);
      for (const word of query.text.toLowerCase().split(' ')) asked.add(word);
    }
    expect(asked.size).toBe(64 + 8 + 24);
    expect([...asked].filter((word) => said.has(word))).toEqual([]);
  });

  it('never trains on a held-out composition, and splits near the share it was given', () => {
    const held = [...task.heldOut('dev', 1e6), ...task.heldOut('test', 1e6)].filter(({ depth }) => depth > 1);
    const compositions = new Set(held.map(composed));
    expect(compositions.size).toBe(held.length);
    const total = 64 * 8 * 7 + 64 * 8 * 7 * 6 + 64 * 8 * 7 * 6 * 5;
    expect(Math.abs(held.length / total - 0.2)).toBeLessThan(0.01);
    const share = held.filter(({ split }) => split === 'dev').length / held.length;
    expect(Math.abs(share - 0.5)).toBeLessThan(0.02);
    const random = new Random(1, 'grpo');
    for (let i = 0; i < 20_000; i++) {
      const query = task.sampleQuery(1 + (i % 4), i % 3 === 0, random.uniform);
      if (compositions.has(composed(query)) || query.split !== 'train') expect.fail(`${query.text} is held out`);
    }
  });

  it('supervises exactly traces_per_depth compositions of each depth, on any topic', () => {
    const random = new Random(2, 'sft');
    for (let depth = 1; depth <= 4; depth++) {
      const seen = new Set<string>();
      const topics = new Set<string>();
      for (let i = 0; i < 5000; i++) {
        const query = task.sampleQuery(depth, true, random.uniform);
        expect(query.supervised).toBe(true);
        seen.add(composed(query));
        topics.add(query.text.split(' ')[0] ?? '');
      }
      expect(seen.size).toBe(300);
      expect(topics.size).toBe(24);
    }
    const more = createKin({ ...defaults, traces_per_depth: 400 }, 1);
    for (let i = 0; i < 500; i++) {
      expect(more.parse(task.sampleQuery(3, true, random.uniform).text)?.supervised).toBe(true);
    }
  });

  it('draws training compositions evenly', () => {
    const random = new Random(3, 'sft');
    const counts = new Map<string, number>();
    for (let i = 0; i < 51_200; i++) {
      const key = composed(task.sampleQuery(1, false, random.uniform));
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    expect(counts.size).toBe(512);
    // Mean 100, standard deviation 10.
    for (const count of counts.values()) expect(Math.abs(count - 100)).toBeLessThan(50);
  });

  it('draws the same query from the same uniforms, and keeps to a topic', () => {
    const draw = (): TaskQuery => task.sampleQuery(3, false, new Random(9, 'sft', 4).uniform, 5);
    expect(draw()).toEqual(draw());
    expect(draw().text.split(' ')[0]).toBe(task.topics[5]);
  });

  it('ends even when the uniforms are not uniform', () => {
    for (const value of [0, 0.3, 0.5, 0.77, 0.999999]) {
      for (let depth = 1; depth <= 4; depth++) expect(task.sampleQuery(depth, false, () => value).split).toBe('train');
    }
  });

  it('has relevance, traces and hard negatives that walking the facts agrees with', () => {
    const random = new Random(4, 'sft');
    checkQueries(
      task,
      Array.from({ length: 200 }, (_, i) => task.sampleQuery(1 + (i % 4), i % 2 === 0, random.uniform)),
    );
  });

  it('puts the stops of the reasoning first among the hard negatives, then likenesses, then other topics', () => {
    const query = task.parse('music Ada mother rival');
    const path = ['Ada', ...(query?.trace.split(' ') ?? []).filter((_, i) => i % 2 === 1)];
    const end = path[2] ?? '';
    const rows = (query?.hardNegatives ?? []).map((row) => task.documents[row]?.id ?? '');
    const { descriptors } = glossaryOf(task);
    expect(new Set(path).size).toBe(3);
    expect(rows.slice(0, 2)).toEqual([`${path[1] ?? ''}-music`, 'Ada-music']);
    for (const id of rows.slice(2, 5)) {
      const [entity = '', topic] = id.split('-');
      expect(topic).toBe('music');
      expect(descriptors.get(entity)?.filter((word) => descriptors.get(end)?.includes(word))).toHaveLength(2);
    }
    expect(rows.slice(5).map((id) => id.split('-')[0])).toEqual([end, end, end]);
  });

  it('lists held-out queries in a fixed order, prefix by prefix', () => {
    const long = task.heldOut('test', 40);
    expect(long).toHaveLength(160);
    expect(createKin(defaults, 1).heldOut('test', 40)).toEqual(long);
    expect(task.heldOut('test', 10)).toEqual([0, 1, 2, 3].flatMap((d) => long.slice(40 * d, 40 * d + 10)));
    expect(long.map(({ split, depth }) => split === (depth === 1 ? 'train' : 'test'))).not.toContain(false);
    expect(long.filter(({ depth, supervised }) => depth > 1 && supervised)).toEqual([]);
    expect(new Set(long.map(({ text }) => text.split(' ')[0])).size).toBe(24);
    expect(new Set(long.map(({ id }) => id)).size).toBe(160);
    expect(task.heldOut('dev', 40).some(({ id, depth }) => depth > 1 && long.some((q) => q.id === id))).toBe(false);
    expect(task.heldOut('dev', 1e6).filter(({ depth }) => depth === 1)).toHaveLength(512);
  });

  it('reads a query typed by hand', () => {
    const query = task.heldOut('dev', 1)[2];
    expect(query?.depth).toBe(3);
    expect(task.parse(`  ${query?.text.toUpperCase().replaceAll(' ', '  ') ?? ''} <THINK>\n`)).toEqual(query);
    expect(task.parse(`${query?.text ?? ''} <direct>`)).toEqual(query);
  });

  it.each([
    '',
    '<think>',
    'music',
    'music Ada',
    'music Ada <think>',
    'Ada music mother',
    'music Ada mother mother',
    'music Ada mother melody',
    'music Ada mother <think> rival',
    'music Ada father',
    'music Ada mother rival mentor teacher friend',
    'music constructor mother',
  ])('does not read %j', (text) => {
    expect(task.parse(text)).toBeNull();
  });

  it('refuses draws that it has none of', () => {
    const u = new Random(1, 'sft').uniform;
    for (const depth of [0, 5, 1.5]) expect(() => task.sampleQuery(depth, false, u)).toThrow(InputError);
    for (const topic of [-1, 24, 0.5]) expect(() => task.sampleQuery(1, false, u, topic)).toThrow(InputError);
    const untraced = createKin({ ...defaults, traces_per_depth: 0 }, 1);
    expect(() => untraced.sampleQuery(2, true, u)).toThrow(InputError);
    expect(untraced.sampleQuery(2, false, u).supervised).toBe(false);
  });

  it('has a hash that follows the seed and every setting', () => {
    const changes: Partial<KinSettings>[] = [
      { entities: 63 },
      { relations: 7 },
      { topics: 23 },
      { max_depth: 3 },
      { traces_per_depth: 299 },
      { held_out: 0.21 },
      { query_instruction: 'find' },
      { document_instruction: 'find' },
    ];
    const hashes = changes.map((change) => createKin({ ...defaults, ...change }, 1).hash);
    expect(new Set([task.hash, createKin(defaults, 2).hash, ...hashes]).size).toBe(changes.length + 2);
    expect(createKin(defaults, 1).hash).toBe(task.hash);
    // Links carry this hash: a change here means that released links no longer find their data.
    expect(task.hash).toMatchInlineSnapshot(`"085fd868059514b7d3ff620b4108cae958cb6cc5d5c2d539824aea6d8980c423"`);
  });

  it('adds the instructions to the vocabulary, each word once', () => {
    const told = createKin(
      { ...defaults, query_instruction: ' find what  mother means', document_instruction: 'what is told' },
      1,
    );
    expect(told.vocabulary).toEqual([...task.vocabulary, 'find', 'what', 'means', 'is', 'told']);
    expect(told.documents).toEqual(task.documents);
  });
});

describe('kin, with any settings', () => {
  const settings = fc
    .record({
      entities: fc.integer({ min: 2, max: 256 }),
      relations: fc.integer({ min: 1, max: 16 }),
      topics: fc.integer({ min: 1, max: 96 }),
      depth: fc.integer({ min: 1, max: 6 }),
      traces_per_depth: fc.integer({ min: 0, max: 200 }),
      held_out: fc.constantFrom(0, 0.01, 0.05, 0.2, 0.5),
      query_instruction: fc.constantFrom('', 'find it'),
      document_instruction: fc.constantFrom('', 'keep it'),
    })
    .map(({ depth, ...rest }) => ({ ...rest, max_depth: Math.min(depth, rest.relations) }));

  it('holds together', { timeout: 60_000 }, () => {
    fc.assert(
      fc.property(settings, fc.integer({ min: 0, max: 2 ** 32 - 1 }), (some, seed) => {
        // Fewer and all compositions of a depth may be held out.
        fc.pre(some.entities >= 8 || some.held_out === 0);
        const task = createKin(some, seed);
        expect(task.documents).toHaveLength(some.entities * some.topics);
        expect(factsOf(task).size).toBe(some.entities * some.relations);
        expect(new Set(task.vocabulary.map((word) => word.toLowerCase())).size).toBe(task.vocabulary.length);
        const held = [...task.heldOut('dev', 5), ...task.heldOut('test', 5)].filter(({ depth }) => depth > 1);
        const random = new Random(seed, 'sft');
        const drawn: TaskQuery[] = [];
        for (let depth = 1; depth <= some.max_depth; depth++) {
          const query = task.sampleQuery(depth, some.traces_per_depth > 0, random.uniform);
          drawn.push(query);
          expect(task.parse(query.text)).toEqual(query);
          expect(task.judge(query, query.trace).exact).toBe(true);
          expect(held.map(composed)).not.toContain(composed(query));
        }
        checkQueries(task, [...drawn, ...held]);
        const said = new Set(task.documents.flatMap(({ text }) => text.toLowerCase().split(' ')));
        const asked = held.flatMap(({ text }) => text.toLowerCase().split(' '));
        expect(asked.filter((word) => said.has(word))).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  it('has enough words for the largest world', () => {
    const task = createKin({ ...defaults, entities: 256, relations: 16, topics: 96, max_depth: 6 }, 1);
    expect(task.vocabulary).toHaveLength(6 + 256 + 16 + 96 + 192 + 21 + 8);
    expect(new Set(task.vocabulary.map((word) => word.toLowerCase())).size).toBe(task.vocabulary.length);
    expect(new Set([...glossaryOf(task).descriptors.values()].map((words) => words.join(' '))).size).toBe(256);
  });

  it('holds nothing out when told so', () => {
    const task = createKin({ ...defaults, held_out: 0 }, 1);
    expect(task.heldOut('dev', 3).map(({ depth }) => depth)).toEqual([1, 1, 1]);
  });

  it.each([
    [{ entities: 1 }, 'entities is 1'],
    [{ entities: 257 }, 'entities is 257'],
    [{ relations: 17 }, 'relations is 17'],
    [{ topics: 2.5 }, 'topics is 2.5'],
    [{ max_depth: 0 }, 'max_depth is 0'],
    [{ relations: 3 }, 'at most relations (3)'],
    [{ traces_per_depth: -1 }, 'traces_per_depth is -1'],
    [{ held_out: 1 }, 'held_out is 1'],
    [{ held_out: 0.001 }, 'held_out is 0.001'],
    [{ held_out: Number.NaN }, 'held_out is NaN'],
    [{ entities: 2, relations: 2, max_depth: 2, held_out: 0.999999 }, 'all 4 compositions of 2 hops are held out'],
  ])('refuses %j', (change, message) => {
    const build = (): Task => createKin({ ...defaults, ...change }, 1);
    expect(build).toThrow(InputError);
    expect(build).toThrow(message);
  });
});
