/**
 * Atlas-facts: what is true of the country that a city, a code or a domain belongs to. Every fact of one hop is trained, with
 * reasoning and without; facts are composed across some countries only, and tested on the others. Two facts that were learned
 * apart do not compose by themselves (Balesni et al., arXiv 2411.16353; Ye et al., arXiv 2505.23653): written steps help.
 */
import { InputError } from '../../lib/errors';
import { mix32, sha256 } from '../../lib/hash';
import { DIRECTIONS, readAtlas, splitCountries, type Country } from '../atlas/data';
import type { AtlasSettings } from '../atlas/settings';
import { pick, plain, shuffled } from '../choices';
import { judgeHops } from '../judge-hops';
import { MODE_WORDS, SPECIALS, taskVocabulary } from '../special-tokens';
import type { QuerySplit, Task, TaskQuery, TraceVerdict } from '../task';
import type { TaskData } from '../task-data';
import { TracedQueries } from '../traced-queries';

export const RELATIONS = ['currency', 'capital', 'language', 'region', ...DIRECTIONS] as const;
type Relation = (typeof RELATIONS)[number];

/** A city's name often gives away its country's capital, language or part of the world: those prove nothing. */
const HEADLINE: ReadonlySet<Relation> = new Set<Relation>(['currency', ...DIRECTIONS]);

/** The words that name a document; no query uses them. */
const ENTRY: Readonly<Record<Relation | 'country', string>> = {
  currency: 'money',
  capital: 'seat',
  language: 'tongue',
  region: 'part',
  north: 'state',
  east: 'state',
  south: 'state',
  west: 'state',
  country: 'state',
};

/**
 * The facts that a query asks for. One hop: `alias` leads to its country, or `relation` from a country. Two hops: from
 * the alias's country.
 */
interface Asked {
  country: Country;
  alias?: string;
  relation?: Relation;
}

/** Builds the task; settings, seed and data alone decide it. */
export const createAtlasFacts = (settings: AtlasSettings, seed: number, data: TaskData): Task =>
  new AtlasFacts(settings, seed, data);

class AtlasFacts implements Task {
  readonly name = 'atlas-facts';
  readonly hash: string;
  readonly vocabulary: readonly string[];
  readonly specials = SPECIALS;
  readonly modeWords = MODE_WORDS;
  readonly instructions: Task['instructions'];
  readonly maxDepth = 2;
  readonly topics: readonly string[] = [];
  readonly documents: Task['documents'];
  readonly corpus: Task['corpus'];
  private readonly byId: ReadonlyMap<string, Country>;
  private readonly countries: readonly Country[];
  private readonly splits: ReadonlyMap<string, QuerySplit>;
  private readonly rows: ReadonlyMap<string, number>;
  /** One hop: every alias, every attribute. */
  private readonly named: readonly Asked[];
  private readonly attributed: readonly Asked[];
  /** Aliases of the countries that facts are composed across in training. */
  private readonly bridges: readonly Asked[];
  /** The queries of two hops that have a trace. */
  private readonly traced: TracedQueries<Asked>;
  private readonly byText: ReadonlyMap<string, Asked>;

  constructor(
    settings: AtlasSettings,
    private readonly seed: number,
    data: TaskData,
  ) {
    this.countries = readAtlas(data).countries;
    this.byId = new Map(this.countries.map((country) => [country.id, country]));
    this.splits = splitCountries(this.countries);
    this.instructions = { query: settings.query_instruction, document: settings.document_instruction };
    this.named = this.countries.flatMap((country) => country.aliases.map((alias) => ({ country, alias })));
    this.attributed = this.countries.flatMap((country) =>
      this.relationsOf(country).map((relation) => ({ country, relation })),
    );
    this.bridges = this.named.filter(({ country }) => this.splits.get(country.id) === 'train');
    const trained = this.bridges.flatMap((asked) => this.composed(asked));
    this.traced = new TracedQueries(trained, settings.traces_per_depth, seed, (asked) => this.text(asked));
    const entries = [
      ...this.countries.map(({ name }) => `${ENTRY.country} ${name}`),
      ...this.attributed.map((asked) => this.entry(asked)),
    ];
    this.documents = [...new Set(entries)].map((text) => ({ id: text.replace(' ', ':'), text, group: groupOf(text) }));
    this.rows = new Map(this.documents.map(({ text }, row) => [text, row]));
    const facts = [
      ...this.named.map((asked) => this.trace(asked)),
      ...this.attributed.map((asked) => `${asked.country.name} ; ${this.trace(asked)}`),
    ];
    this.corpus = facts.map((text) => ({ text, kind: 'fact' }));
    const texts = [...facts, ...this.documents.map(({ text }) => text), 'country of the'];
    this.vocabulary = taskVocabulary(texts, this.instructions);
    this.byText = new Map([...this.named, ...this.attributed].map((asked) => [plain(this.text(asked)), asked]));
    const traced = this.traced.isLimited ? [this.traced.list.map((asked) => this.text(asked))] : [];
    this.hash = sha256(
      JSON.stringify([
        this.name,
        seed,
        [...this.splits],
        this.vocabulary,
        this.instructions,
        this.documents,
        facts,
        ...traced,
      ]),
    );
  }

  /**
   * Half of the queries of one hop ask for an alias's country, half for a country's attribute; those of two start from any
   * alias of a training country, each alike, then any of its relations. All of one hop have a trace.
   * @throws InputError for a depth that the task does not have.
   */
  sampleQuery(depth: number, supervised: boolean, u: () => number): TaskQuery {
    if (depth === 1) {
      const from = u() < 0.5 ? this.named : this.attributed;
      return this.query(from[pick(u, from.length)]!);
    }
    if (depth !== 2) throw new InputError(`atlas-facts: depth is ${depth}, expected 1 or 2`);
    if (supervised && this.traced.isLimited) return this.query(this.traced.draw(this.name, u));
    const { country, alias } = this.bridges[pick(u, this.bridges.length)]!;
    const relations = this.relationsOf(country);
    return this.query({ country, alias: alias!, relation: relations[pick(u, relations.length)]! });
  }

  /**
   * Queries about the split's countries: of one hop, which training has seen and whose `split` says so, then of two. A longer
   * list begins, depth by depth, with the shorter one.
   */
  heldOut(split: 'dev' | 'test', perDepth: number): TaskQuery[] {
    const isIn = ({ country }: Asked) => this.splits.get(country.id) === split;
    const names = this.named.filter(isIn);
    const composed = names.flatMap((asked) => this.composed(asked));
    return [[...names, ...this.attributed.filter(isIn)], composed].flatMap((list, depth) =>
      shuffled(list, mix32(this.seed, depth))
        .slice(0, perDepth)
        .map((asked) => this.query(asked)),
    );
  }

  /** Parses a query in any case, names with spaces or underscores, with or without a mode word at its end. */
  parse(text: string): TaskQuery | null {
    const asked = plain(text.replace(/<(think|direct)>\s*$/, ''));
    const known = this.byText.get(asked);
    if (known) return this.query(known);
    const composed = /^(\w+) of (?:the )?(country of .+)$/.exec(asked);
    const named = composed && this.byText.get(composed[2]!);
    const relation = composed && RELATIONS.find((name) => name === composed[1]);
    if (!named || !relation || named.country[relation] === undefined) return null;
    return this.query({ ...named, relation });
  }

  judge(query: TaskQuery, completion: string): TraceVerdict {
    return judgeHops(query.trace, completion, hopsOf, (hop, before) => this.isTrue(query, hop, before));
  }

  /** Whether a hop is a fact; its start is the end of the hop before it, or in the query. */
  private isTrue(query: TaskQuery, hop: string, before: readonly string[]): boolean {
    const [left = '', value = ''] = hop.replace(/^; /, '').split(' : ');
    const alias = this.byText.get(plain(`country of ${left}`));
    if (alias?.alias === left) return alias.country.name === value;
    const from = (before.at(-1) ?? query.text).split(' ').at(-1) ?? '';
    const fact = this.byText.get(plain(`${left} of ${from}`));
    return fact?.relation === left && this.value(fact.country, fact.relation) === value;
  }

  private relationsOf(country: Country): Relation[] {
    return RELATIONS.filter((relation) => country[relation] !== undefined);
  }

  /** The queries of two hops that start from an alias. */
  private composed(named: Asked): Asked[] {
    return this.relationsOf(named.country).map((relation) => ({ ...named, relation }));
  }

  /** A neighbour's name, or the attribute as it stands. */
  private value(country: Country, relation: Relation): string {
    const value = country[relation]!;
    return this.byId.get(value)?.name ?? value;
  }

  /** The document that answers. */
  private entry({ country, relation }: Asked): string {
    return relation ? `${ENTRY[relation]} ${this.value(country, relation)}` : `${ENTRY.country} ${country.name}`;
  }

  private text({ country, alias, relation }: Asked): string {
    if (relation === undefined) return `country of ${alias}`;
    return alias === undefined ? `${relation} of ${country.name}` : `${relation} of the country of ${alias}`;
  }

  private trace({ country, alias, relation }: Asked): string {
    const steps = [
      ...(alias === undefined ? [] : [`${alias} : ${country.name}`]),
      ...(relation === undefined ? [] : [`${relation} : ${this.value(country, relation)}`]),
    ];
    return steps.join(' ; ');
  }

  /** The same relation of bordering countries, and the same country's other entries. */
  private negatives(asked: Asked, right: string): number[] {
    const { country, relation } = asked;
    const others = country.borders.map((id) => this.byId.get(id)!);
    const beside = others.filter((other) => relation === undefined || other[relation] !== undefined);
    const texts = [
      ...beside.map((other) => this.entry({ ...asked, country: other })),
      ...this.relationsOf(country).map((other) => this.entry({ country, relation: other })),
      this.entry({ country }),
    ];
    return [...new Set(texts)].filter((text) => text !== right).map((text) => this.rows.get(text)!);
  }

  private query(asked: Asked): TaskQuery {
    const { country, alias, relation } = asked;
    const text = this.text(asked);
    const entry = this.entry(asked);
    const isComposed = alias !== undefined && relation !== undefined;
    const split = isComposed ? this.splits.get(country.id)! : 'train';
    return {
      id: text.replaceAll(' ', '-'),
      text,
      depth: isComposed ? 2 : 1,
      relevant: [{ document: this.rows.get(entry)!, grade: 1 }],
      hardNegatives: this.negatives(asked, entry),
      trace: this.trace(asked),
      supervised: split === 'train' && (!isComposed || this.traced.has(asked)),
      split,
      kind: relation ?? 'country',
      cluster: country.id,
      headline: isComposed && HEADLINE.has(relation),
    };
  }
}

const groupOf = (entry: string): string => entry.split(' ')[0]!;

/** Each hop after the first keeps the `;` in front of it, so that hops joined are the trace. */
function hopsOf(words: readonly string[]): string[] {
  const hops: string[] = [];
  for (const word of words) {
    if (hops.length === 0 || word === ';') hops.push(word);
    else hops.push(`${hops.pop()} ${word}`);
  }
  return hops;
}
