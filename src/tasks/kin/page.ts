import type { TaskPage } from '../definition';

/** The page's words on the task. */
export const kinPage: TaskPage = {
  about: [
    'A made-up world of entities, relations between them and topics, which the model learns by heart. A query names a topic, an entity and relations to follow; the document that answers describes the entity they lead to, and the topic, in words that no query has.',
    'Every seed makes another world, so nothing in it can be known beforehand.',
  ],
  cheats: [
    'Finding the topic alone and guessing the entity: each topic has a document on every entity, so that scores little.',
    'A fifth of the chains of two and more relations are held out of every stage; half of them choose settings, half are the test.',
  ],
  good: [
    'nDCG@10 with reasoning near that of the right reasoning given, and embedding at once far below for two and more hops.',
    'One hop is a fact that training has seen: both ways should find it.',
  ],
};
