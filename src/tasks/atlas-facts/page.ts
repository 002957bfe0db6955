import type { TaskPage } from '../definition';
import results from '../atlas/results.json' with { type: 'json' };
import sources from '../atlas/sources.json' with { type: 'json' };

/** The page's words on the task. */
export const factsPage: TaskPage = {
  about: [
    'Facts about 243 countries that people know. A query starts from a city, a code, an internet domain or a phone prefix, and asks for something of its country: its currency, its capital, a language, its part of the world, or the country next to it in one direction.',
    'Every single fact is trained, whichever way a run embeds. Facts are composed across 176 countries; the test asks for the same compositions across 48 others, which no training query combines. A direct embedding knows both facts and hardly combines them; a few written words do.',
    'A neighbour lies in a direction when its capital does, within 45 degrees.',
    'With reinforcement, stage 1 sees 300 written traces of two hops; stage 2 learns from all that training may compose, judged by the documents found alone.',
  ],
  cheats: [
    'Words in common: queries and their answers share none, so BM25 finds nothing.',
    'City names give away a language or a part of the world, and often are the capital: those three count for nothing. The headline is currency and the four neighbours.',
    'The most frequent answer: many countries have the euro, so figures are given for every kind of query.',
    'Length: the filler control writes as many words that mean nothing; with another query’s reasoning the score must collapse.',
  ],
  good: [
    'Success@1 of .60 or more with reasoning on the headline, 30 points or more above embedding at once for as long on the clock.',
    'Under 10 points apart, the task would show nothing.',
  ],
  figure: 'Success@1, currency and the four neighbours together, across test countries',
  sources,
  results: results['atlas-facts'],
};
