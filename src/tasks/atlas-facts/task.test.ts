import { describe, expect, it } from 'vitest';
import { InputError } from '../../lib/errors';
import { Random } from '../../lib/philox';
import { parseShape } from '../../config/parse-session';
import { parseAtlas, splitCountries } from '../atlas/data';
import { atlasBytes, atlasData, atlasTask } from '../atlas/atlas.test-data';
import { createTask } from '../registry';
import type { TaskQuery } from '../task';

const task = atlasTask('atlas-facts');
const { countries } = parseAtlas(atlasBytes);
const splits = splitCountries(countries);
const ask = (text: string): TaskQuery => {
  const query = task.parse(text);
  if (!query) throw new Error(`${text} is not one of the task's`);
  return query;
};
const answers = (query: TaskQuery): string[] => query.relevant.map(({ document }) => task.documents[document]!.text);
const draws = (depth: number, count: number): TaskQuery[] => {
  const random = new Random(3, 'sft');
  return Array.from({ length: count }, () => task.sampleQuery(depth, true, random.uniform));
};
const everything = [...task.heldOut('dev', 1e6), ...task.heldOut('test', 1e6)];

describe('atlas-facts', () => {
  it('asks as people would, and answers what is so', () => {
    const query = ask('currency of the country of city Kumasi');
    expect(query.trace).toBe('city Kumasi : Ghana ; currency : Ghanaian_Cedi');
    expect(answers(query)).toEqual(['money Ghanaian_Cedi']);
    expect([query.depth, query.kind, query.cluster, query.headline]).toEqual([2, 'currency', 'GH', true]);
    const step = ask('country of city Kumasi');
    expect([step.trace, answers(step), step.depth, step.split]).toEqual([
      'city Kumasi : Ghana',
      ['state Ghana'],
      1,
      'train',
    ]);
    expect(answers(ask('north of Togo'))).toEqual(['state Burkina_Faso']);
    expect(ask('capital of the country of domain .fr').headline).toBe(false);
  });

  it('takes names as they are typed, and nothing else', () => {
    const query = ask('currency of the country of city New_York_City');
    expect(ask('  Currency of country of CITY new york city <think> ')).toEqual(query);
    for (const text of [
      '',
      'currency',
      'currency of Atlantis',
      'north of Iceland',
      'country of the country of city Kumasi',
    ]) {
      expect(task.parse(text)).toBeNull();
    }
  });

  it('composes across training countries alone, and trains every fact', () => {
    const drawn = draws(2, 3000);
    for (const { cluster, split } of drawn) expect([splits.get(cluster ?? ''), split]).toEqual(['train', 'train']);
    expect(new Set(drawn.map(({ kind }) => kind)).size).toBe(8);
    const facts = draws(1, 20_000);
    const test = new Set(facts.flatMap(({ cluster }) => (splits.get(cluster ?? '') === 'test' ? cluster : [])));
    expect(test.size).toBe(48);
    const held = everything.filter(({ depth }) => depth === 2);
    expect(held.every(({ cluster, split }) => splits.get(cluster ?? '') === split && split !== 'train')).toBe(true);
    expect(held.length).toBeGreaterThan(3500);
  });

  it('shows the supervised stage as many compositions as have a trace, and stage 2 all', () => {
    const some = atlasTask('atlas-facts', 1, 40);
    const random = new Random(3, 'sft');
    const drawn = (supervised: boolean, depth = 2): TaskQuery[] =>
      Array.from({ length: 2000 }, () => some.sampleQuery(depth, supervised, random.uniform));
    const traced = new Set(drawn(true).map(({ id }) => id));
    expect(traced.size).toBe(40);
    expect(new Set(drawn(false).map(({ id }) => id)).size).toBeGreaterThan(1500);
    for (const query of [...drawn(true), ...drawn(false)]) {
      expect(query.supervised).toBe(traced.has(query.id));
      expect(some.parse(query.text)).toEqual(query);
    }
    expect(drawn(true, 1).every(({ supervised }) => supervised)).toBe(true);
    expect(new Set(drawn(true, 1).map(({ id }) => id)).size).toBeGreaterThan(1000);
    expect(some.heldOut('test', 50).filter(({ depth, supervised }) => depth > 1 && supervised)).toEqual([]);
    expect(atlasTask('atlas-facts', 1, 41).hash).not.toBe(some.hash);
    const none = atlasTask('atlas-facts', 1, 0);
    expect(() => none.sampleQuery(2, true, random.uniform)).toThrow(/traces_per_depth is 0/);
    expect(none.sampleQuery(2, false, random.uniform).supervised).toBe(false);
  });

  it('agrees with itself: every query parses, its trace is right and each hop a fact', () => {
    for (const query of [...everything, ...draws(1, 300), ...draws(2, 300)]) {
      expect(task.parse(query.text)).toEqual(query);
      const verdict = task.judge(query, `${query.trace} <|embed_token|>`);
      expect(verdict.exact && verdict.hops.length === query.depth && verdict.hops.every(({ fact }) => fact)).toBe(true);
      expect(verdict.hops.map(({ text }) => text).join(' ')).toBe(query.trace);
      const [{ document } = { document: -1 }] = query.relevant;
      expect(query.hardNegatives).not.toContain(document);
      expect(new Set(query.hardNegatives).size).toBe(query.hardNegatives.length);
    }
  });

  it('has hard negatives of both kinds', () => {
    const query = ask('currency of the country of city Kumasi');
    const texts = query.hardNegatives.map((row) => task.documents[row]!.text);
    expect(texts).toEqual(
      expect.arrayContaining([
        'money West_African_CFA_Franc',
        'seat Accra',
        'tongue English',
        'state Togo',
        'state Ghana',
      ]),
    );
  });

  it('marks each hop of what was written', () => {
    const query = ask('currency of the country of city Kumasi');
    const marks = (text: string) => task.judge(query, text).hops.map(({ right, fact }) => [right, fact]);
    expect(marks('city Kumasi : Togo ; currency : West_African_CFA_Franc')).toEqual([
      [false, false],
      [false, true],
    ]);
    expect(marks('city Kumasi : Ghana ; capital : Accra')[1]).toEqual([false, true]);
    expect(marks('city Kumasi : Ghana')[1]).toEqual([false, false]);
    expect(marks('')).toEqual([
      [false, false],
      [false, false],
    ]);
  });

  it('knows every word that it says', () => {
    const known = new Set(task.vocabulary);
    expect(known.size).toBe(task.vocabulary.length);
    const said = [...everything, ...draws(2, 200)].flatMap(({ text, trace }) => [text, trace]);
    const texts = [...said, ...task.documents.map(({ text }) => text), ...task.corpus.map(({ text }) => text)];
    for (const word of texts.join(' ').split(' ')) expect(known.has(word)).toBe(true);
    expect(new Set(task.documents.map(({ id }) => id)).size).toBe(task.documents.length);
  });

  it('shares no word between the queries of its headline and what answers them', () => {
    for (const query of everything.filter(({ headline }) => headline)) {
      const asked = new Set(query.text.split(' '));
      for (const word of answers(query).join(' ').split(' ')) expect(asked.has(word)).toBe(false);
    }
  });

  it('starts a longer list with the shorter one', () => {
    const ids = (count: number) => task.heldOut('test', count).map(({ id }) => id);
    expect(ids(20).slice(0, 5)).toEqual(ids(5).slice(0, 5));
    expect(ids(20).slice(20, 25)).toEqual(ids(5).slice(5));
  });

  it('is the same for the same seed, and tests the same countries for every seed', () => {
    expect(atlasTask('atlas-facts').hash).toBe(task.hash);
    const other = atlasTask('atlas-facts', 2);
    expect(other.hash).not.toBe(task.hash);
    const tested = (of: typeof task) => new Set(of.heldOut('test', 1e6).map(({ cluster }) => cluster));
    expect(tested(other)).toEqual(tested(task));
  });

  it('puts an instruction’s words in its vocabulary', () => {
    const settings = parseShape({ task: { name: 'atlas-facts', query_instruction: 'Find what is meant' } }).task;
    expect(createTask(settings, 1, atlasData).vocabulary).toEqual(expect.arrayContaining(['Find', 'what', 'meant']));
  });

  it('refuses a depth that it does not have', () => {
    expect(() => task.sampleQuery(3, true, () => 0)).toThrow(InputError);
  });
});
