import { describe, expect, it } from 'vitest';
import { InputError } from '../../lib/errors';
import { Random } from '../../lib/philox';
import { DIRECTIONS, parseAtlas, splitCountries } from '../atlas/data';
import { atlasBytes, atlasTask } from '../atlas/atlas.test-data';
import type { TaskQuery } from '../task';

const task = atlasTask('atlas-walk');
const { countries } = parseAtlas(atlasBytes);
const random = new Random(3, 'sft');
const draw = (depth: number): TaskQuery => task.sampleQuery(depth, true, random.uniform);
/** Country codes of a walk, from its text and the data alone. */
function walked({ text }: TaskQuery): string[] {
  const [, start = '', steps = ''] = /^from (\S+) go (.*)$/.exec(text) ?? [];
  const path = [countries.find(({ name }) => name === start)!];
  for (const word of steps.split(' , ')) {
    const direction = DIRECTIONS.find((name) => name === word)!;
    const next = countries.find(({ id }) => id === path.at(-1)![direction]);
    path.push(next!);
  }
  return path.map(({ id }) => id);
}
const trained = [2, 3].flatMap((depth) => Array.from({ length: 4000 }, () => draw(depth)));
const tested = task.heldOut('test', 400);

describe('atlas-walk', () => {
  it('goes from country to country', () => {
    const query = task.parse('from Togo go east, north');
    expect(query?.text).toBe('from Togo go east , north');
    expect(query?.trace).toBe('east Benin north Niger');
    expect(task.documents[query?.relevant[0]?.document ?? -1]?.id).toBe('NE');
    expect(task.parse('from togo go west')?.trace).toBe('west Ghana');
    for (const text of ['from Togo go', 'from Togo go up', 'from Iceland go north', 'go north', 'from Togo go south']) {
      expect(task.parse(text)).toBeNull();
    }
  });

  it('describes countries without their names', () => {
    const names = new Set(countries.map(({ name }) => name));
    for (const { text } of task.documents) for (const word of text.split(' ')) expect(names.has(word)).toBe(false);
    expect(new Set(task.documents.map(({ text }) => text)).size).toBe(task.documents.length);
  });

  it('agrees with itself', () => {
    for (const query of [...trained.slice(0, 500), ...tested]) {
      const path = walked(query);
      expect(task.documents[query.relevant[0]!.document]!.id).toBe(path.at(-1));
      expect(new Set(path).size).toBe(path.length);
      expect(task.parse(query.text)).toEqual(query);
      const verdict = task.judge(query, query.trace);
      expect(verdict.exact && verdict.hops.every(({ fact }) => fact)).toBe(true);
      expect(query.hardNegatives).not.toContain(query.relevant[0]!.document);
    }
  });

  it('shows the supervised stage as many walks of a depth as have a trace, and stage 2 all', () => {
    const some = atlasTask('atlas-walk', 1, 30);
    const drawn = (depth: number, supervised: boolean): TaskQuery[] =>
      Array.from({ length: 1500 }, () => some.sampleQuery(depth, supervised, random.uniform));
    for (const depth of [2, 3]) {
      const traced = new Set(drawn(depth, true).map(({ id }) => id));
      expect(traced.size).toBe(30);
      const all = drawn(depth, false);
      expect(new Set(all.map(({ id }) => id)).size).toBeGreaterThan(200);
      for (const query of all) expect(query.supervised).toBe(traced.has(query.id));
    }
    expect(drawn(1, false).every(({ supervised }) => supervised)).toBe(true);
    expect(() => atlasTask('atlas-walk', 1, 0).sampleQuery(2, true, random.uniform)).toThrow(/traces_per_depth is 0/);
  });

  it('tests what no training walk reaches, through countries or combinations that training never sees', () => {
    expect([...new Set(tested.map(({ depth }) => depth))]).toEqual([1, 2, 3, 4, 5]);
    const joined = new Set([...trained, ...Array.from({ length: 2000 }, () => draw(1))].map((query) => {
      const path = walked(query);
      return `${path[0]} ${path.at(-1)}`;
    })); // prettier-ignore
    const texts = new Set(trained.map(({ text }) => text));
    for (const query of tested.filter(({ depth }) => depth > 1)) {
      const path = walked(query);
      expect(joined.has(`${path[0]} ${path.at(-1)}`)).toBe(false);
      expect(texts.has(query.text)).toBe(false);
      expect([query.split, query.headline]).toEqual(['test', true]);
    }
    const splits = splitCountries(task.documents);
    const bridges = new Set(trained.flatMap((query) => walked(query).slice(1, -1)));
    for (const id of bridges) expect(splits.get(id)).toBe('train');
  });

  it('marks a step that is true after a wrong one', () => {
    const query = task.parse('from Togo go east , north')!;
    const marks = task.judge(query, 'east Ghana north Burkina_Faso').hops.map(({ right, fact }) => [right, fact]);
    expect(marks).toEqual([
      [false, false],
      [false, true],
    ]);
  });

  it('trains walks of up to three steps alone', () => {
    expect(task.maxDepth).toBe(3);
    expect(() => draw(4)).toThrow(InputError);
  });
});
