/**
 * The task world: the capital of the country where a city is, in plain English, for a model that was trained before.
 * What the base knows is the task, because reasoning that is written cannot know more than the weights do: the base is
 * probed for both hops beforehand (`training/world-probe.ts`). Half of the countries that it knows are held out of all
 * training.
 */
import { InputError } from '../../lib/errors';
import { mix32, sha256 } from '../../lib/hash';
import { pick, plain, shuffled } from '../choices';
import { judgeHops } from '../judge-hops';
import { MODE_WORDS, SPECIALS, taskVocabulary } from '../special-tokens';
import type { QuerySplit, Task, TaskQuery, TraceVerdict } from '../task';
import type { TaskData } from '../task-data';
import { TracedQueries } from '../traced-queries';
import { readProbe, readWorld, type WorldCountry } from './data';
import type { WorldSettings } from './settings';

/** Fewer than that show nothing. */
const FEWEST = { queries: 20, countries: 8 };
/** The shares of dev and test among the countries that the base knows; the rest is trained. */
const HELD_OUT = { dev: 0.1, test: 0.4 };
const PURPOSE = { split: 31, order: 32 };
const [BEFORE, AFTER] = ['What is the capital of the country where ', ' is?'];

interface Question {
  country: WorldCountry;
  city: string;
}

/** Builds the task; settings, seed and data alone decide it. @throws InputError where the base knows too little. */
export const createWorld = (settings: WorldSettings, seed: number, data: TaskData): Task =>
  new World(settings, seed, data);

class World implements Task {
  readonly name = 'world';
  readonly hash: string;
  readonly dataHash: string;
  readonly vocabulary: readonly string[];
  readonly specials = SPECIALS;
  readonly modeWords = MODE_WORDS;
  readonly instructions: Task['instructions'];
  /** A question is of two hops, always: they are the one depth. */
  readonly maxDepth = 1;
  readonly topics: readonly string[] = [];
  readonly documents: Task['documents'];
  readonly corpus: Task['corpus'] = [];
  private readonly countries: readonly WorldCountry[];
  private readonly capitals: ReadonlyMap<string, number>;
  private readonly questions: Readonly<Record<QuerySplit, readonly Question[]>>;
  private readonly traced: TracedQueries<Question>;

  constructor(
    settings: WorldSettings,
    private readonly seed: number,
    data: TaskData,
  ) {
    this.countries = readWorld(data);
    const probe = readProbe(settings, data);
    this.instructions = { query: settings.query_instruction, document: settings.document_instruction };
    // No city that is asked about: it would be the nearest document to its own question, whatever is asked.
    this.documents = this.countries.flatMap(({ id, name, capital, beside }) =>
      [capital, ...beside].map((text, i) => ({ id: `${id}-${i}`, text, group: name })),
    );
    this.capitals = new Map(
      this.documents.flatMap(({ id }, row) => (id.endsWith('-0') ? [[id.slice(0, 2), row]] : [])),
    );
    const splits = splitKnown(Object.keys(probe.known), seed);
    const all = this.countries.flatMap((country) => {
      const known = probe.known[country.id] ?? [];
      return country.asked.filter((city) => known.includes(city)).map((city) => ({ country, city }));
    });
    const countries = new Set(all.map(({ country }) => country.id)).size;
    if (all.length < FEWEST.queries || countries < FEWEST.countries) {
      throw new InputError(
        `world: ${probe.base.name || 'the base'} knows ${all.length} cities in ${countries} countries with both hops, expected at least ${FEWEST.queries} in ${FEWEST.countries}: choose a larger base, or the task kin, whose facts are trained first`,
      );
    }
    const of = (split: QuerySplit): Question[] => all.filter(({ country }) => splits.get(country.id) === split);
    this.questions = { train: of('train'), dev: of('dev'), test: of('test') };
    this.traced = new TracedQueries(this.questions.train, settings.traces_per_depth, seed, idOf);
    this.vocabulary = taskVocabulary(
      [...all.flatMap((question) => [textOf(question), traceOf(question)]), ...this.documents.map((d) => d.text)],
      this.instructions,
    );
    this.dataHash = settings.corpus;
    this.hash = sha256(
      JSON.stringify([this.name, seed, this.instructions, settings.corpus, this.documents, this.traced.list.map(idOf)]),
    );
  }

  /** Each training question is equally likely. @throws InputError for another depth than 1. */
  sampleQuery(depth: number, supervised: boolean, u: () => number): TaskQuery {
    if (depth !== 1) throw new InputError(`world: depth is ${depth}, expected 1`);
    const { train } = this.questions;
    return this.query(supervised ? this.traced.draw(this.name, u) : train[pick(u, train.length)]!, 'train');
  }

  /** Countries by turns, so that a part of them asks about as many as it can. */
  heldOut(split: 'dev' | 'test', perDepth: number): TaskQuery[] {
    const order = shuffled(this.questions[split], mix32(this.seed, PURPOSE.order, split.length));
    const before = (question: Question, at: number): number =>
      order.slice(0, at).filter(({ country }) => country === question.country).length;
    const turn = order.map((question, at) => ({ question, turn: before(question, at) }));
    const turns = turn.sort((a, b) => a.turn - b.turn);
    return turns.slice(0, perDepth).map(({ question }) => this.query(question, split));
  }

  /** The question, or a city alone, in any case. */
  parse(text: string): TaskQuery | null {
    const asked = plain(text.replace(/<(think|direct)>\s*$/, ''));
    for (const split of ['train', 'dev', 'test'] as const) {
      for (const question of this.questions[split]) {
        if (asked === plain(textOf(question)) || asked === plain(question.city)) return this.query(question, split);
      }
    }
    return null;
  }

  judge(query: TaskQuery, completion: string): TraceVerdict {
    return judgeHops(query.trace, completion, inSentences, (hop) => this.isTrue(hop));
  }

  private isTrue(hop: string): boolean {
    return this.countries.some((country) => {
      const cities = [country.capital, ...country.asked, ...country.beside];
      return hop === capitalOf(country) || cities.some((city) => hop === placeOf({ country, city }));
    });
  }

  private query(question: Question, split: QuerySplit): TaskQuery {
    const { country } = question;
    return {
      id: idOf(question),
      text: textOf(question),
      depth: 1,
      relevant: [{ document: this.capitals.get(country.id)!, grade: 1 }],
      hardNegatives: [],
      trace: traceOf(question),
      supervised: split === 'train' && this.traced.has(question),
      split,
      cluster: country.id,
      headline: true,
    };
  }
}

const idOf = ({ country, city }: Question): string => `${country.id}-${city}`;
const textOf = ({ city }: Question): string => `${BEFORE}${city}${AFTER}`;
const placeOf = ({ country, city }: Question): string => `${city} is in ${called(country)}.`;
const capitalOf = (country: WorldCountry): string => `The capital of ${called(country)} is ${country.capital}.`;
const traceOf = (question: Question): string => `${placeOf(question)} ${capitalOf(question.country)}`;

/** A country within a sentence. */
export const called = ({ name }: Pick<WorldCountry, 'name'>): string =>
  /^(United|Netherlands|Philippines|Czech|Dominican|Democratic|Central African|Republic)/.test(name)
    ? `the ${name}`
    : name;

const inSentences = (words: readonly string[]): string[] =>
  words.length === 0 ? [] : words.join(' ').split(/ (?=The capital of )/);

/** Which of the known countries are held out, as the seed has it. */
function splitKnown(ids: readonly string[], seed: number): ReadonlyMap<string, QuerySplit> {
  const order = shuffled([...ids].sort(), mix32(seed, PURPOSE.split));
  const [test, dev] = [Math.round(order.length * HELD_OUT.test), Math.round(order.length * HELD_OUT.dev)];
  return new Map(order.map((id, i) => [id, i < test ? 'test' : i < test + dev ? 'dev' : 'train']));
}
