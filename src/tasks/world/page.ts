import type { TaskPage } from '../definition';
import { REFERENCES } from '../references';
import results from './results.json' with { type: 'json' };
import sources from './sources.json' with { type: 'json' };

/** The page's words on the task. */
export const worldPage: TaskPage = {
  about: [
    'Cities, countries and capitals in plain English, for a base model that was trained before. A query asks for the capital of the country where a city is; the documents are cities without their countries.',
    'What the base knows is the task: before anything is trained it answers both hops by itself, few-shot and greedily, and only what it answers rightly is asked. Half of those countries are held out of all training.',
    'A direct embedding must make both hops at once. With reasoning the model writes the country and its capital, then embeds.',
  ],
  cheats: [
    'A city near its own name: no city that is asked about is a document.',
    'Guessing a capital of the same part of the world: the other large cities of every country are documents too.',
    'Length: the filler control writes as many words that mean nothing; with another query’s reasoning the score must collapse.',
  ],
  good: [
    'Success@1 of .75 or more with reasoning on countries that no training saw, 40 points or more above embedding at once.',
    'The interval of the gain, by country, above 0 on every seed.',
  ],
  figure: 'Success@1 on countries that no training saw',
  larger:
    'A larger base knows more of the world, so it is asked more queries of more countries, and the intervals become narrower; it may also make both hops at once more often, and then reasoning gains less. What a base does not know, reasoning that is written cannot find. Nobody has measured a larger one here yet.',
  references: REFERENCES,
  results,
  sources,
};
