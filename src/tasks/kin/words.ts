/**
 * The words of Kin. No word has two roles, whatever its case, and none that occurs in documents occurs in queries: a
 * lexical search finds nothing. Lists are hand-picked as far as the default task reaches and generated beyond.
 */
import { InputError } from '../../lib/errors';

export const MAX_ENTITIES = 256;
export const MAX_RELATIONS = 16;
export const MAX_TOPICS = 96;

const words = (list: string): string[] => list.trim().split(/\s+/);

const NAMES = words(`
  Ada Ben Cara Dan Eva Finn Gwen Hugo Ida Jack Kate Leo Mia Noah Olga Paul
  Quinn Rosa Sam Tess Uma Vera Walt Xena Yuri Zoe Abel Bea Kurt Dora Emil Faye
  Gus Hana Ivan Juno Lena Max Nina Otto Pia Ralf Sara Theo Ulla Vito Wanda Yara
  Zack Amir Bruno Celia Dina Elsa Felix Greta Heidi Igor Jonas Kira Luis Maya Nils Oscar`);
const NAME_ONSETS = words('Bal Cor Dul Fen Gar Hel Jor Kel Lor Mar Nor Per Ril Sol Tor Val');
const NAME_ENDINGS = words('an eth ia ick ina iel o on ric us wen ys');

const RELATIONS = words(`
  mother mentor rival neighbour cousin teacher friend guardian
  father sister brother aunt uncle partner pupil heir`);

/** Topic, then its two synonyms. */
const TOPICS: readonly (readonly [topic: string, first: string, second: string])[] = [
  ['music', 'melody', 'tune'],
  ['cooking', 'cuisine', 'gastronomy'],
  ['weather', 'climate', 'meteorology'],
  ['medicine', 'healing', 'remedy'],
  ['law', 'justice', 'statute'],
  ['sport', 'athletics', 'contest'],
  ['war', 'battle', 'combat'],
  ['money', 'currency', 'cash'],
  ['travel', 'voyage', 'journey'],
  ['farming', 'agriculture', 'harvest'],
  ['theatre', 'drama', 'stagecraft'],
  ['painting', 'portraiture', 'canvas'],
  ['poetry', 'verse', 'rhyme'],
  ['sailing', 'navigation', 'seafaring'],
  ['astronomy', 'cosmos', 'stargazing'],
  ['gardening', 'horticulture', 'flowers'],
  ['chess', 'gambit', 'checkmate'],
  ['fashion', 'couture', 'attire'],
  ['history', 'antiquity', 'chronicle'],
  ['religion', 'faith', 'worship'],
  ['trade', 'commerce', 'barter'],
  ['fishing', 'angling', 'trawling'],
  ['geology', 'minerals', 'bedrock'],
  ['dance', 'ballet', 'foxtrot'],
];
const TOPIC_ONSETS = words(
  'brel clan dref flom grun krel ploth quor skel stram swen thral trop vron wrel yarn zef zolt',
);
const TOPIC_ENDINGS = words('ology ography onomy urgy');
const SYNONYM_ONSETS = words('abr ebl icl odr uft aspr estr iskr oltr umbr akl elv irn ozm utr andr esk ifr');
const SYNONYM_ENDINGS = words('ade ence ing ment ship ture wick work');

/** Three attributes of an entity: colour, craft, place. */
const ATTRIBUTES: readonly (readonly string[])[] = [
  words('amber azure crimson emerald ivory violet silver'),
  words('weaver potter miller tailor glazier cobbler blacksmith'),
  words('harbour valley meadow cliff orchard marsh island'),
];

const FILLERS = words('gently often perhaps lately seldom plainly almost twice');

/** The words of one task, by role. */
export interface KinWords {
  entities: string[];
  relations: string[];
  topics: string[];
  /** The two synonyms of each topic. */
  synonyms: (readonly [string, string])[];
  /** The values of each of three attributes; there are at least as many triples as entities. */
  attributes: string[][];
  fillers: string[];
}

/** The `index`-th of the words made of an onset and an ending: neighbours in the order differ in their onset. */
function generated(onsets: readonly string[], endings: readonly string[], index: number): string {
  const onset = onsets[index % onsets.length];
  const ending = endings[Math.floor(index / onsets.length)];
  if (onset === undefined || ending === undefined) throw new InputError(`kin: there is no generated word ${index}`);
  return onset + ending;
}

/** The smallest n with n × n × n ≥ `entities`, at least 2. */
export function gridSide(entities: number): number {
  let n = 2;
  while (n ** 3 < entities) n++;
  return n;
}

/** The same for every seed, so that models of different seeds share a tokenizer. Counts must be within the maxima. */
export function kinWords(entities: number, relations: number, topics: number): KinWords {
  const triples = Array.from({ length: topics }, (_, i) => {
    const j = i - TOPICS.length;
    return (
      TOPICS[i] ??
      ([
        generated(TOPIC_ONSETS, TOPIC_ENDINGS, j),
        generated(SYNONYM_ONSETS, SYNONYM_ENDINGS, 2 * j),
        generated(SYNONYM_ONSETS, SYNONYM_ENDINGS, 2 * j + 1),
      ] as const)
    );
  });
  return {
    entities: Array.from(
      { length: entities },
      (_, i) => NAMES[i] ?? generated(NAME_ONSETS, NAME_ENDINGS, i - NAMES.length),
    ),
    relations: RELATIONS.slice(0, relations),
    topics: triples.map(([topic]) => topic),
    synonyms: triples.map(([, first, second]) => [first, second]),
    attributes: ATTRIBUTES.map((values) => values.slice(0, gridSide(entities))),
    fillers: [...FILLERS],
  };
}

/** Every word of a task that is neither special nor an instruction's, in the vocabulary's order. */
export const allWords = (w: KinWords): string[] => [
  ...w.entities,
  ...w.relations,
  ...w.topics,
  ...w.synonyms.flat(),
  ...w.attributes.flat(),
  ...w.fillers,
];
