/**
 * Atlas-walk: which country a walk over borders ends in. A step goes to the bordering country whose capital lies in the
 * direction named; the answer is a profile without the country's name. Walks of up to three steps are trained, those of four
 * and five only tested: accuracy against depth.
 */
import { InputError } from '../../lib/errors';
import { mix32, sha256 } from '../../lib/hash';
import { DIRECTIONS, readAtlas, splitCountries, type Country, type Direction } from '../atlas/data';
import type { AtlasSettings } from '../atlas/settings';
import { pick, plain, shuffled } from '../choices';
import { inPairs, judgeHops } from '../judge-hops';
import { MODE_WORDS, SPECIALS, taskVocabulary } from '../special-tokens';
import type { QuerySplit, Task, TaskQuery, TraceVerdict } from '../task';
import type { TaskData } from '../task-data';
import { TracedQueries } from '../traced-queries';

/** The deepest walk that is trained, and that is tested. */
const TRAINED = 3;
const DEEPEST = 5;
/** The share of dev and of test among the walks without a held-out country on the way. */
const HELD_OUT = { dev: 0.05, test: 0.15 };
const PURPOSE = { split: 11, order: 12 };

/** A walk: the country it starts in, the directions, and the country after each. */
interface Walk {
  start: Country;
  directions: readonly Direction[];
  path: readonly Country[];
}

/** Builds the task; settings, seed and data alone decide it. */
export const createAtlasWalk = (settings: AtlasSettings, seed: number, data: TaskData): Task =>
  new AtlasWalk(settings, seed, data);

class AtlasWalk implements Task {
  readonly name = 'atlas-walk';
  readonly hash: string;
  readonly vocabulary: readonly string[];
  readonly specials = SPECIALS;
  readonly modeWords = MODE_WORDS;
  readonly instructions: Task['instructions'];
  readonly maxDepth = TRAINED;
  readonly topics: readonly string[] = [];
  readonly documents: Task['documents'];
  readonly corpus: Task['corpus'];
  /** The countries on some walk, by id: those with a next step, and those that one leads to. */
  private readonly byId: ReadonlyMap<string, Country>;
  private readonly byName: ReadonlyMap<string, Country>;
  private readonly rows: ReadonlyMap<string, number>;
  private readonly splits: ReadonlyMap<string, QuerySplit>;
  private readonly walks: Readonly<Record<QuerySplit, readonly (readonly Walk[])[]>>;
  /** Training walks that have a trace, by depth. */
  private readonly traced: readonly TracedQueries<Walk>[];

  constructor(
    settings: AtlasSettings,
    private readonly seed: number,
    data: TaskData,
  ) {
    const { countries } = readAtlas(data);
    const reached = new Set(countries.flatMap((country) => DIRECTIONS.map((direction) => country[direction])));
    const kept = countries.filter((c) => reached.has(c.id) || DIRECTIONS.some((direction) => c[direction]));
    this.byId = new Map(kept.map((country) => [country.id, country]));
    this.byName = new Map(kept.map((country) => [plain(country.name), country]));
    this.rows = new Map(kept.map(({ id }, row) => [id, row]));
    this.splits = splitCountries(kept);
    this.instructions = { query: settings.query_instruction, document: settings.document_instruction };
    this.documents = kept.map((country) => ({
      id: country.id,
      text: profile(country),
      group: country.region ?? 'other',
    }));
    const facts = kept.flatMap((country) =>
      this.stepsFrom(country).map(([direction, next]) => `${country.name} ${direction} ${next.name}`),
    );
    // A profile's words follow the name in what is learnt of it, and the name never stands in the document.
    const profiles = kept.map((country) => `${country.name} : ${profile(country)}`);
    this.corpus = [
      ...facts.map((text) => ({ text, kind: 'fact' as const })),
      ...profiles.map((text) => ({ text, kind: 'document' as const })),
    ];
    this.vocabulary = taskVocabulary([...facts, ...profiles, 'from go , :'], this.instructions);
    this.walks = this.splitWalks(this.enumerate(kept));
    this.traced = this.walks.train.map(
      (walks, depth) => new TracedQueries(walks, depth === 1 ? Infinity : settings.traces_per_depth, seed, idOf),
    );
    const limited = this.traced.filter(({ isLimited }) => isLimited).map(({ list }) => list.map(idOf));
    this.hash = sha256(
      JSON.stringify([
        this.name,
        seed,
        this.vocabulary,
        this.instructions,
        this.documents,
        facts,
        ...(limited.length > 0 ? [limited] : []),
      ]),
    );
  }

  /**
   * Each training walk of `depth` is equally likely; those of one step all have a trace.
   * @throws InputError for a depth that is not trained.
   */
  sampleQuery(depth: number, supervised: boolean, u: () => number): TaskQuery {
    const walks = this.walks.train[depth] ?? [];
    if (walks.length === 0) {
      throw new InputError(`atlas-walk: depth is ${depth}, expected a whole number from 1 to ${TRAINED}`);
    }
    return this.query(supervised ? this.traced[depth]!.draw(this.name, u) : walks[pick(u, walks.length)]!, 'train');
  }

  /**
   * Walks of one to five steps, `perDepth` of each. Of one step, which are facts and trained, any; of more, only those whose
   * start and end no training walk joins: the others could be answered from memory.
   */
  heldOut(split: 'dev' | 'test', perDepth: number): TaskQuery[] {
    return Array.from({ length: DEEPEST }, (_, i) => i + 1).flatMap((depth) => {
      const from = depth === 1 ? 'train' : split;
      return shuffled(this.walks[from][depth] ?? [], mix32(this.seed, PURPOSE.order, split.length, depth))
        .slice(0, perDepth)
        .map((walk) => this.query(walk, from));
    });
  }

  /** Parses a query in any case, names with spaces or underscores, with or without commas and a mode word. */
  parse(text: string): TaskQuery | null {
    const asked = /^from (.+) go ([a-z ]+)$/.exec(plain(text.replace(/<(think|direct)>\s*$/, '').replaceAll(',', ' ')));
    const start = asked && this.byName.get(asked[1]!);
    const named = asked?.[2]!.split(' ') ?? [];
    const directions = named.flatMap((word) => DIRECTIONS.find((direction) => direction === word) ?? []);
    if (!start || directions.length !== named.length || directions.length > DEEPEST) return null;
    const path: Country[] = [];
    for (const direction of directions) {
      const next = this.step(path.at(-1) ?? start, direction);
      if (!next) return null;
      path.push(next);
    }
    const walk = { start, directions, path };
    return this.query(walk, this.splitOf(walk));
  }

  judge(query: TaskQuery, completion: string): TraceVerdict {
    const start = query.text.split(' ')[1] ?? '';
    return judgeHops(query.trace, completion, inPairs, (hop, before) => {
      const from = before.at(-1)?.split(' ')[1] ?? start;
      const [word = '', to = ''] = hop.split(' ');
      const direction = DIRECTIONS.find((name) => name === word);
      const country = this.byName.get(plain(from));
      return direction !== undefined && country !== undefined && this.step(country, direction)?.name === to;
    });
  }

  private step(country: Country, direction: Direction): Country | undefined {
    const id = country[direction];
    return id === undefined ? undefined : this.byId.get(id);
  }

  private stepsFrom(country: Country): [Direction, Country][] {
    return DIRECTIONS.flatMap((direction): [Direction, Country][] => {
      const next = this.step(country, direction);
      return next ? [[direction, next]] : [];
    });
  }

  /** Every walk that meets no country twice, by depth; nothing at 0. */
  private enumerate(countries: readonly Country[]): Walk[][] {
    const walks: Walk[][] = [[]];
    let last: Walk[] = countries.map((start) => ({ start, directions: [], path: [] }));
    for (let depth = 1; depth <= DEEPEST; depth++) {
      last = last.flatMap(({ start, directions, path }) =>
        this.stepsFrom(path.at(-1) ?? start)
          .filter(([, next]) => next !== start && !path.includes(next))
          .map(([direction, next]) => ({ start, directions: [...directions, direction], path: [...path, next] })),
      );
      walks.push(last);
    }
    return walks;
  }

  private splitWalks(all: readonly (readonly Walk[])[]): Readonly<Record<QuerySplit, Walk[][]>> {
    const of = (split: QuerySplit) => all.map((walks) => walks.filter((walk) => this.splitOf(walk) === split));
    const train = of('train');
    const joined = new Set(train.flat().map(ends));
    const unseen = (walks: Walk[][]) => walks.map((list) => list.filter((walk) => !joined.has(ends(walk))));
    return { train, dev: unseen(of('dev')), test: unseen(of('test')) };
  }

  /**
   * One step is a fact, and facts are trained. A walk through a held-out country is held out with it; of the others some, by a
   * hash; those of more than `TRAINED` steps are never trained.
   */
  private splitOf({ start, directions, path }: Walk): QuerySplit {
    if (directions.length === 1) return 'train';
    const through = path.slice(0, -1).map(({ id }) => this.splits.get(id));
    if (through.includes('test')) return 'test';
    if (through.includes('dev')) return 'dev';
    const turns = directions.map((direction) => DIRECTIONS.indexOf(direction));
    const x = mix32(PURPOSE.split, this.rows.get(start.id)!, ...turns) * 2 ** -32;
    if (directions.length > TRAINED) return x < HELD_OUT.dev / (HELD_OUT.dev + HELD_OUT.test) ? 'dev' : 'test';
    return x < HELD_OUT.dev ? 'dev' : x < HELD_OUT.dev + HELD_OUT.test ? 'test' : 'train';
  }

  private query(walk: Walk, split: QuerySplit): TaskQuery {
    const { start, directions, path } = walk;
    const end = path.at(-1)!;
    const text = `from ${start.name} go ${directions.join(' , ')}`;
    // Where the walk has been, and where it might have gone from its last country but one.
    const beside = this.stepsFrom(path.at(-2) ?? start).map(([, next]) => next);
    const wrong = new Set([start, ...path, ...beside].filter((country) => country !== end));
    return {
      id: idOf(walk),
      text,
      depth: directions.length,
      relevant: [{ document: this.rows.get(end.id)!, grade: 1 }],
      hardNegatives: [...wrong].map(({ id }) => this.rows.get(id)!),
      trace: directions.map((direction, i) => `${direction} ${path[i]!.name}`).join(' '),
      supervised: split === 'train' && this.traced[directions.length]!.has(walk),
      split,
      cluster: path.at(-2)?.id ?? start.id,
      headline: directions.length > 1,
    };
  }
}

const idOf = ({ start, directions }: Walk): string => [start.id, ...directions].join('-');
const ends = ({ start, path }: Walk): string => `${start.id}-${path.at(-1)!.id}`;

/** A country without its name or its capital's. */
function profile({ currency, language, region, aliases }: Country): string {
  const known = aliases.filter((alias) => /^(domain|phone) /.test(alias));
  const parts = [
    ...known,
    `money ${currency}`,
    ...(language ? [`tongue ${language}`] : []),
    ...(region ? [`part ${region}`] : []),
  ];
  return parts.join(' ');
}
