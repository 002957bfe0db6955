import { describe, expect, it } from 'vitest';
import { worldFile, worldText } from '../../../scripts/build-world.mjs';
import { fromBase } from '../../config/base-session';
import { parseSession, parseShape } from '../../config/parse-session';
import { checkSession } from '../../config/session-checks';
import { settingsFor } from '../../config/tasks';
import { world } from './definition';
import { Random } from '../../lib/philox';
import { parseProbe } from './data';
import { probeFile, WORLD_FILE } from './files';
import { countries, worldBytes, worldTask } from './world.test-data';

const { task, settings } = worldTask(countries);
const drawn = (seed = 1) => {
  const { uniform } = new Random(seed, 'task');
  return Array.from({ length: 4000 }, () => task.sampleQuery(1, false, uniform));
};

describe('the data of the world', () => {
  it('is what the packages give, byte for byte', () => {
    const text = worldText();
    expect(text === worldBytes.toString('utf8')).toBe(true);
    expect(JSON.parse(worldFile(text))).toEqual(WORLD_FILE);
  });

  it('has a city in one country only, and no capital among the cities', () => {
    const cities = countries.flatMap(({ capital, asked, beside }) => [capital, ...asked, ...beside]);
    expect(new Set(cities.map((city) => city.toLowerCase())).size).toBe(cities.length);
    expect(countries.length).toBeGreaterThan(150);
  });
});

describe('the task world', () => {
  it('reads a question, or its city alone', () => {
    expect(task.parse('lyon')).toEqual(task.parse(world.example.query));
    expect(task.parse('lyon')).not.toBeNull();
    expect(task.parse('Paris')).toBeNull();
  });

  it('asks of half of the known countries in training, and of no city that is a document', () => {
    const train = new Set(drawn().map(({ cluster }) => cluster));
    const held = (['dev', 'test'] as const).map((split) => new Set(task.heldOut(split, 1000).map((q) => q.cluster)));
    const [dev, test] = held;
    expect([...dev!, ...test!].some((id) => train.has(id))).toBe(false);
    expect([...dev!].some((id) => test!.has(id))).toBe(false);
    expect(train.size + dev!.size + test!.size).toBe(countries.filter(({ asked }) => asked.length > 0).length);
    expect(Math.abs(train.size - countries.length / 2)).toBeLessThan(3);
    const texts = new Set(task.documents.map(({ text }) => text));
    expect(countries.some(({ asked }) => asked.some((city) => texts.has(city)))).toBe(false);
  });

  it('asks about as many countries as it can, when it asks little', () => {
    const few = task.heldOut('test', 20);
    expect(new Set(few.map(({ cluster }) => cluster)).size).toBe(20);
  });

  it('holds other countries out for another seed', () => {
    const of = (made: typeof task) => new Set(made.heldOut('test', 1000).map(({ cluster }) => cluster));
    expect(of(worldTask(countries, { seed: 2 }).task)).not.toEqual(of(task));
    expect(of(worldTask(countries, { seed: 1 }).task)).toEqual(of(task));
  });

  it('judges each sentence by itself', () => {
    const lyon = task.parse('Lyon')!;
    expect(task.judge(lyon, `${lyon.trace} <|embed_token|>`).exact).toBe(true);
    const { exact, hops } = task.judge(lyon, 'Lyon is in Spain. The capital of Spain is Madrid. <|embed_token|>');
    expect(exact).toBe(false);
    expect(hops.map(({ right, fact }) => [right, fact])).toEqual([
      [false, false],
      [false, true],
    ]);
  });

  it('refuses a base that knows too little, with the counts', () => {
    const known = countries.filter(({ asked }) => asked.length > 2);
    expect(() => worldTask(known.slice(0, 7))).toThrow(/^world: tiny knows \d+ cities in 7 countries with both hops, expected at least 20 in 8/); // prettier-ignore
    expect(() => worldTask(known.slice(0, 19), { cities: 1 })).toThrow('knows 19 cities in 19 countries');
    expect(worldTask(known.slice(0, 20), { cities: 1 }).task.documents.length).toBe(task.documents.length);
  });

  it('refuses what is no probe, and a session that names none', () => {
    expect(() => parseProbe(new TextEncoder().encode('{"known":'), 'a.json')).toThrow(/^a\.json: no probe/);
    expect(() => parseProbe(new TextEncoder().encode('{"known":{"FR":["Lyon"]}}'), 'a.json')).toThrow(/^a\.json: no/);
    expect(() => probeFile({ ...settings, corpus: '' })).toThrow(/^task\.corpus is "", expected the hash of what/);
  });

  it('needs a base and what it knows, which --base completes in a session file', () => {
    const world = { task: { name: 'world' }, pretrain: { steps: 0 }, grpo: { depth_weights: [1] } };
    const file = { ...world, model: { adapter: { rank: 2 } } };
    expect(() => parseSession(file, 'a.json')).toThrow(/^a\.json: model\.adapter\.rank is 2, expected 0/);
    expect(() => parseSession(world, 'a.json')).toThrow(
      /^a\.json: model\.base\.sha256 is "", expected the hash of a base/,
    );
    const sha256 = 'ab'.repeat(32);
    const based = fromBase(parseShape(file, 'a.json'), { sha256, name: 'tiny', from: '' });
    expect(() => checkSession(based)).toThrow(/task\.corpus is "", expected the hash of what the base knows/);
    checkSession({ ...based, task: { ...settingsFor(based, 'world'), corpus: sha256 } });
  });
});
