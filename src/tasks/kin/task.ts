/**
 * Kin: a knowledge base held in the model's weights. A query names a topic, an entity and relations to follow from it;
 * the relevant document describes the entity they lead to, and the topic, without a word of the query. Compositions of
 * facts that were learned separately do not come by themselves (Balesni et al., arXiv 2411.16353): written steps help.
 */
import { InputError } from '../../lib/errors';
import { mix32, sha256 } from '../../lib/hash';
import { pick } from '../choices';
import { inPairs, judgeHops } from '../judge-hops';
import { MODE_WORDS, SPECIALS, taskVocabulary } from '../special-tokens';
import type { KinSettings } from './settings';
import { Compositions, type Composition } from './splits';
import { allWords, kinWords, MAX_ENTITIES, MAX_RELATIONS, MAX_TOPICS } from './words';
import { buildWorld, hardNegatives, walk, writeCorpus, type KinWorld } from './world';
import type { Task, TaskQuery, TraceVerdict } from '../task';

const MAX_DEPTH = 6;

/**
 * Builds the task. Settings and seed alone decide it.
 * @throws InputError for a setting out of its bounds, or settings that leave nothing to train on.
 */
export const createKin = (settings: KinSettings, seed: number): Task => new Kin(settings, seed);

class Kin implements Task {
  readonly name = 'kin';
  readonly hash: string;
  readonly vocabulary: readonly string[];
  readonly specials = SPECIALS;
  readonly modeWords = MODE_WORDS;
  readonly instructions: Task['instructions'];
  readonly maxDepth: number;
  readonly topics: readonly string[];
  readonly documents: Task['documents'];
  readonly corpus: Task['corpus'];
  private readonly world: KinWorld;
  private readonly compositions: Compositions;
  /** Index of each word in its role, by its lower case. */
  private readonly index: { topic: Map<string, number>; entity: Map<string, number>; relation: Map<string, number> };

  constructor(
    settings: KinSettings,
    private readonly seed: number,
  ) {
    checkSettings(settings);
    const words = kinWords(settings.entities, settings.relations, settings.topics);
    this.world = buildWorld(words, seed);
    this.compositions = new Compositions(settings, seed);
    this.maxDepth = settings.max_depth;
    this.topics = words.topics;
    this.documents = this.world.documents;
    this.corpus = writeCorpus(this.world);
    this.instructions = { query: settings.query_instruction, document: settings.document_instruction };
    this.vocabulary = taskVocabulary(allWords(words), this.instructions);
    this.index = {
      topic: indexOf(words.topics),
      entity: indexOf(words.entities),
      relation: indexOf(words.relations),
    };
    const { max_depth, traces_per_depth, held_out } = settings;
    // The splits follow from the seed and these settings, the rest stands here in full.
    const splits = { seed, max_depth, traces_per_depth, held_out };
    this.hash = sha256(
      JSON.stringify([this.name, splits, this.vocabulary, this.instructions, this.documents, this.corpus]),
    );
  }

  /**
   * Each allowed composition is equally likely, and so is each topic; the composition is drawn first.
   * @throws InputError for a depth or topic that the task does not have, or when no composition of it has a trace.
   */
  sampleQuery(depth: number, supervised: boolean, u: () => number, topic?: number): TaskQuery {
    if (!Number.isInteger(depth) || depth < 1 || depth > this.maxDepth) {
      throw new InputError(`kin: depth is ${depth}, expected a whole number from 1 to ${this.maxDepth}`);
    }
    if (topic !== undefined && !(topic in this.topics)) {
      throw new InputError(`kin: topic is ${topic}, expected a whole number from 0 to ${this.topics.length - 1}`);
    }
    const traced = this.compositions.supervised(depth);
    const composition = supervised ? traced[pick(u, traced.length)] : this.compositions.draw(depth, u);
    if (composition === undefined) throw new InputError('kin: traces_per_depth is 0, expected 1 or more to supervise');
    return this.query(composition, topic ?? pick(u, this.topics.length));
  }

  /**
   * Depths from 1 up, `perDepth` of each; a longer list begins, depth by depth, with the shorter one. Topics take turns.
   * Queries of one hop are never held out: those here are of all compositions, are seen in training, and their `split`
   * says `train`. Leave them out of a headline.
   */
  heldOut(split: 'dev' | 'test', perDepth: number): TaskQuery[] {
    const queries: TaskQuery[] = [];
    for (let depth = 1; depth <= this.maxDepth; depth++) {
      const first = mix32(this.seed, depth) % this.topics.length;
      this.compositions.heldOut(depth, split, perDepth).forEach((composition, i) => {
        queries.push(this.query(composition, (first + i) % this.topics.length));
      });
    }
    return queries;
  }

  /** Parses a query in any case, with any white space, and with or without a mode word at its end. */
  parse(text: string): TaskQuery | null {
    const words = text.trim().toLowerCase().split(/\s+/);
    const last = words[words.length - 1];
    if (last === MODE_WORDS.think || last === MODE_WORDS.direct) words.pop();
    const [topicWord = '', entityWord = '', ...rest] = words;
    const topic = this.index.topic.get(topicWord);
    const entity = this.index.entity.get(entityWord);
    const relations = rest.flatMap((word) => this.index.relation.get(word) ?? []);
    if (topic === undefined || entity === undefined || relations.length !== rest.length) return null;
    if (rest.length < 1 || rest.length > this.maxDepth || new Set(relations).size < rest.length) return null;
    return this.query({ entity, relations }, topic);
  }

  judge({ text, trace }: TaskQuery, completion: string): TraceVerdict {
    const { entities, relations } = this.world.words;
    return judgeHops(trace, completion, inPairs, (hop, before) => {
      const from = before.at(-1)?.split(' ')[1] ?? text.split(' ')[1] ?? '';
      const [relation = '', to] = hop.split(' ');
      const image = this.world.relations[relations.indexOf(relation)]?.[entities.indexOf(from)];
      return image !== undefined && entities[image] === to;
    });
  }

  private query(composition: Composition, topic: number): TaskQuery {
    const { entities, relations } = this.world.words;
    const path = walk(this.world, composition);
    const asked = composition.relations.map((r) => relations[r]!);
    const words = [this.topics[topic]!, entities[composition.entity]!, ...asked];
    const turn = mix32(this.seed, composition.entity, ...composition.relations);
    return {
      id: words.join('-'),
      text: words.join(' '),
      depth: asked.length,
      relevant: [{ document: path[path.length - 1]! * this.topics.length + topic, grade: 1 }],
      hardNegatives: hardNegatives(this.world, path, topic, turn),
      trace: asked.map((relation, i) => `${relation} ${entities[path[i + 1]!]!}`).join(' '),
      supervised: this.compositions.isSupervised(composition),
      split: this.compositions.splitOf(composition),
    };
  }
}

const indexOf = (words: readonly string[]): Map<string, number> =>
  new Map(words.map((word, i) => [word.toLowerCase(), i]));

function checkSettings(settings: KinSettings): void {
  const whole = (
    key: 'entities' | 'relations' | 'topics' | 'max_depth' | 'traces_per_depth',
    low: number,
    high: number,
  ): void => {
    const value = settings[key];
    if (!Number.isInteger(value) || value < low || value > high) {
      throw new InputError(`task: ${key} is ${value}, expected a whole number from ${low} to ${high}`);
    }
  };
  whole('entities', 2, MAX_ENTITIES);
  whole('relations', 1, MAX_RELATIONS);
  whole('topics', 1, MAX_TOPICS);
  whole('max_depth', 1, MAX_DEPTH);
  whole('traces_per_depth', 0, Number.MAX_SAFE_INTEGER);
  if (settings.max_depth > settings.relations) {
    throw new InputError(
      `task: max_depth is ${settings.max_depth}, expected at most relations (${settings.relations}), because those of a query differ`,
    );
  }
  // A smaller share would make finding a held-out query a long search in a large world.
  const share = settings.held_out;
  if (share !== 0 && !(share >= 0.01 && share < 1)) {
    throw new InputError(`task: held_out is ${share}, expected 0, or a share from 0.01 up to, but not, 1`);
  }
}
