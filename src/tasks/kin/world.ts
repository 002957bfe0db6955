/** The knowledge base of Kin: who is whose what, how each entity is described, and the documents. */
import { Random } from '../../lib/philox';
import { gridSide, type KinWords } from './words';
import type { Composition } from './splits';
import type { Task, TaskDocument } from '../task';

export interface KinWorld {
  words: KinWords;
  /** `relations[r][e]` is the entity that relation r leads to from e; each a permutation without fixed points. */
  relations: readonly (readonly number[])[];
  /** The three words that describe an entity; no two entities have the same. */
  descriptors: readonly (readonly string[])[];
  /** Row `e × topics + t` is about entity e and topic t. */
  documents: readonly TaskDocument[];
  /** For each entity the others, those with most common descriptors first. */
  alike: readonly (readonly number[])[];
  /** For each entity, how many of those differ in a single descriptor: nine, where the grid of 64 entities is full. */
  nearest: readonly number[];
}

/** Builds the world, of at least two entities. The same words and seed give the same world. */
export function buildWorld(words: KinWords, seed: number): KinWorld {
  const entities = words.entities.length;
  const descriptors = describe(words, new Random(seed, 'task', 0));
  const shared = descriptors.map((own) => descriptors.map((other) => other.filter((w) => own.includes(w)).length));
  return {
    words,
    relations: words.relations.map((_, r) => derangement(entities, new Random(seed, 'task', 2 + r))),
    descriptors,
    documents: writeDocuments(words, descriptors, new Random(seed, 'task', 1)),
    alike: shared.map((row, e) => {
      const others = row.map((_, i) => i).filter((i) => i !== e);
      return others.sort((a, b) => row[b]! - row[a]! || a - b);
    }),
    nearest: shared.map((row) => row.filter((n) => n === 2).length),
  };
}

/** A uniformly random permutation of [0, n) without fixed points: about e tries. */
function derangement(n: number, random: Random): number[] {
  for (;;) {
    const image = random.shuffle(Array.from({ length: n }, (_, i) => i));
    if (image.every((to, from) => to !== from)) return image;
  }
}

/** A different cell of the attributes' grid for each entity. */
function describe(words: KinWords, random: Random): string[][] {
  const side = gridSide(words.entities.length);
  const cells = random.shuffle(Array.from({ length: side ** 3 }, (_, i) => i));
  return words.entities.map((_, e) =>
    words.attributes.map((values, attribute) => values[Math.floor(cells[e]! / side ** attribute) % side]!),
  );
}

function writeDocuments(words: KinWords, descriptors: readonly string[][], random: Random): TaskDocument[] {
  return descriptors.flatMap((described, e) =>
    words.topics.map((topic, t) => {
      const synonym = words.synonyms[t]![random.integer(2) === 0 ? 0 : 1];
      const filler = words.fillers[random.integer(words.fillers.length)]!;
      const text = random.shuffle([...described, synonym, filler]).join(' ');
      return { id: `${words.entities[e]!}-${topic}`, text, group: topic };
    }),
  );
}

/**
 * Writes the sentences that stage 0 learns. A fact is written `e r e'`, which is how a trace reads from any entity in
 * it: the reasoning `r1 e1 r2 e2` after a query holds `e1 r2 e2`, a fact word for word. The glossary names an entity
 * and its descriptors, and a topic and its synonyms, in both orders.
 */
export function writeCorpus(world: KinWorld): Task['corpus'] {
  const { words, descriptors } = world;
  const facts = words.entities.flatMap((entity, e) =>
    words.relations.map((relation, r) => `${entity} ${relation} ${words.entities[world.relations[r]![e]!]!}`),
  );
  const glossary = [
    ...words.entities.flatMap((entity, e) => {
      const described = descriptors[e]!.join(' ');
      return [`${entity} ${described}`, `${described} ${entity}`];
    }),
    ...words.topics.flatMap((topic, t) => {
      const [first, second] = words.synonyms[t]!;
      return [`${topic} ${first} ${second}`, `${first} ${topic}`, `${second} ${topic}`];
    }),
  ];
  return [
    ...facts.map((text) => ({ text, kind: 'fact' as const })),
    ...glossary.map((text) => ({ text, kind: 'glossary' as const })),
    ...world.documents.map(({ text }) => ({ text, kind: 'document' as const })),
  ];
}

/** The entities a composition passes, from its own to the answer: one more than it has hops. */
export function walk(world: KinWorld, { entity, relations }: Composition): number[] {
  const path = [entity];
  let at = entity;
  for (const r of relations) {
    at = world.relations[r]![at]!;
    path.push(at);
  }
  return path;
}

const WANTED = 6;

/**
 * Rows of documents that are close but wrong, the hardest first: on the topic, where the reasoning would have stopped
 * early (its last stop first, the query's own entity last), then three entities that resemble the answer; then three on
 * the answer but off the topic. Others follow until there are six, if the corpus has as many.
 * @param turn varies which of the equally hard ones are taken.
 */
export function hardNegatives(world: KinWorld, path: readonly number[], topic: number, turn: number): number[] {
  const topics = world.words.topics.length;
  const answer = path[path.length - 1]!;
  const right = answer * topics + topic;
  const alike = world.alike[answer]!;
  const near = world.nearest[answer]!;
  const offTopic = Array.from({ length: Math.min(3, topics - 1) }, (_, i) => {
    return answer * topics + ((topic + 1 + ((turn + i) % (topics - 1))) % topics);
  });
  const rows = new Set([
    ...path
      .slice(0, -1)
      .reverse()
      .map((e) => e * topics + topic),
    ...Array.from({ length: Math.min(3, near) }, (_, i) => alike[(turn + i) % near]! * topics + topic),
    ...offTopic,
  ]);
  rows.delete(right);
  for (const e of alike) {
    if (rows.size >= WANTED) break;
    rows.add(e * topics + topic);
  }
  for (let row = 0; row < world.documents.length && rows.size < WANTED; row++) {
    if (row !== right) rows.add(row);
  }
  return [...rows];
}
