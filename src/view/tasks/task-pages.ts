import * as v from 'valibot';
import type { TaskName } from '../../config/tasks';
import results from './atlas-results.json';
import sources from './atlas-sources.json';
import cranfield from './text-results.json';
import worldSources from './world-sources.json';
import { sourceSchema } from '../../records/source-schema';

/** What the page says of a task. */
export interface TaskPage {
  title: string;
  /** What it is. */
  about: readonly string[];
  /** How a model could score without doing what the task is for, and what keeps it from it. */
  cheats: readonly string[];
  /** What a good result is. */
  good: readonly string[];
  /** Names of the figures below, and how they came about; null for a task whose figures stand elsewhere. */
  figure: string;
}

export const TASK_PAGES: Readonly<Record<TaskName, TaskPage>> = {
  kin: {
    title: 'Kin',
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
    figure: '',
  },
  'atlas-facts': {
    title: 'Atlas, facts',
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
  },
  'atlas-walk': {
    title: 'Atlas, walks',
    about: [
      'Walks over the borders of 160 countries. A query names a start and directions; the document that answers is a profile of the country where the walk ends, without its name or its capital’s. The model writes one country a step.',
      'Walks of up to three steps are trained, except those through 20% of the countries and some other combinations. Walks of four and five steps are never trained: the curve against depth shows whether reasoning goes on.',
    ],
    cheats: [
      'Guessing a country near the start finds the right one among ten at two steps more often than not: so only Success@1 and the reciprocal rank count.',
      'Many ends are reached from the same start by a training walk too. Test walks are those whose start and end no training walk joins.',
    ],
    good: [
      'Success@1 that falls slowly with depth, against a direct embedding that falls at once.',
      'One step is a fact that training has seen: both ways should find it.',
    ],
    figure: 'Success@1, walks of two to five steps together',
  },
  world: {
    title: 'World',
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
    figure: '',
  },
  text: {
    title: 'Your own documents',
    about: [
      'Documents without judgements. A vocabulary of byte pairs is learnt from them; stage 0 predicts the next token of their texts; in stage 1 a title, or a crop of a text, should find the text it is from, among the other documents of the batch.',
      'Nobody wrote a right reasoning here. What the model writes before it embeds is what the document is about: its most telling words. Whether that helps is for the comparison with embedding at once to say.',
      'One title in twelve is held out for dev, another for test. Documents longer than the context are searched by their best passage.',
    ],
    cheats: [
      'Words in common: titles share words with their texts, so BM25 does well. It stands beside every result, and so does its fusion with the model.',
      'A crop that stands in its passage is found by its words alone: four in five are cut out of it.',
    ],
    good: [
      'The fusion above BM25 on queries that people wrote: open the folder in the Bench view.',
      'A model this small, learnt from a few thousand documents, is not expected to beat BM25 alone.',
    ],
    figure: '',
  },
};

const meanSchema = v.object({
  label: v.string(),
  seeds: v.number(),
  headline: v.number(),
  low: v.number(),
  high: v.number(),
});
const resultsSchema = v.object({
  date: v.string(),
  adapter: v.string(),
  means: v.array(meanSchema),
  /** Success@1 of every kind or depth of query, means over the seeds: what the picture shows. */
  parts: v.object({
    names: v.array(v.string()),
    runs: v.array(v.object({ label: v.string(), values: v.array(v.number()) })),
  }),
  bm25: v.object({ query: v.number(), with: v.number(), alone: v.number() }),
});
export type TaskResults = v.InferOutput<typeof resultsSchema>;

/** What was measured, as bench/atlas.ts wrote it; null for a task without. */
export function taskResults(task: TaskName): TaskResults | null {
  if (task === 'kin' || task === 'text' || task === 'world') return null;
  return v.parse(resultsSchema, results[task]);
}

const intervalSchema = v.tuple([v.number(), v.number()]);
const systemsSchema = v.object({
  date: v.string(),
  adapter: v.string(),
  documents: v.number(),
  queries: v.number(),
  /** nDCG@10, and by how much it lies over BM25's, each with its interval. */
  systems: v.array(
    v.object({
      name: v.string(),
      value: v.number(),
      ci95: intervalSchema,
      over_bm25: v.object({ value: v.number(), ci95: intervalSchema }),
    }),
  ),
});
export type SystemResults = v.InferOutput<typeof systemsSchema>;

/** What a model of other people's documents reached beside BM25, as bench/cranfield.ts wrote it. */
export const textResults = (): SystemResults => v.parse(systemsSchema, cranfield);

const SOURCES: Readonly<Record<TaskName, unknown>> = {
  kin: [],
  'atlas-facts': sources,
  'atlas-walk': sources,
  text: [],
  world: worldSources,
};

/** Packages that a task's data was built from, with their licences; empty for a task that makes itself up. */
export const taskSources = (task: TaskName): v.InferOutput<typeof sourceSchema>[] =>
  v.parse(v.array(sourceSchema), SOURCES[task]);
