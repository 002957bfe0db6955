import * as v from 'valibot';
import { definitionOf, type TaskName } from '../../config/tasks';
import { sourceSchema } from '../../records/source-schema';

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

/** What the page says of a task, with the figures that its folder holds. */
export interface TaskWords {
  about: readonly string[];
  cheats: readonly string[];
  good: readonly string[];
  /** Packages that its data was built from, with their licences. */
  sources: readonly v.InferOutput<typeof sourceSchema>[];
  /** What runs of its presets reached, and what those figures are. */
  results: TaskResults | null;
  figure: string;
  /** What it reached beside BM25. */
  systems: SystemResults | null;
}

const pages = new Map<TaskName, Promise<TaskWords>>();

/** A task's page, loaded when it is asked for first. */
export function taskPage(task: TaskName): Promise<TaskWords> {
  const page = pages.get(task) ?? load(task);
  pages.set(task, page);
  return page;
}

async function load(task: TaskName): Promise<TaskWords> {
  const { about, cheats, good, sources = [], results, figure = '', systems } = await definitionOf(task).page();
  return {
    about,
    cheats,
    good,
    sources: v.parse(v.array(sourceSchema), sources),
    results: results === undefined ? null : v.parse(resultsSchema, results),
    figure,
    systems: systems === undefined ? null : v.parse(systemsSchema, systems),
  };
}
