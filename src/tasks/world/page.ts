import type { TaskPage } from '../definition';
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
    'A larger base knows more of the world: the number of queries stands beside every score. What it does not know, reasoning that is written cannot find.',
  ],
  sources,
};
