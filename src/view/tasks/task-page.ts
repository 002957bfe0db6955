import * as v from 'valibot';
import { definitionOf, type TaskName } from '../../config/tasks';
import { sourceSchema } from '../../records/source-schema';

// The texts and figures of a task's page, parsed from the task's folder.

/** A figure with its 95% interval. */
const rangeSchema = { low: v.number(), high: v.number() };
const meanSchema = v.object({
  label: v.string(),
  seeds: v.number(),
  /** Number of queries of all seeds together; absent where each seed is counted by itself. */
  queries: v.optional(v.number()),
  headline: v.number(),
  ...rangeSchema,
});
const resultsSchema = v.object({
  date: v.string(),
  adapter: v.string(),
  /** The model that every run started from; absent where they started from random weights. */
  base: v.optional(v.object({ name: v.string(), sha256: v.string() })),
  /** How the intervals were computed; absent where it is the widest of the seeds'. */
  intervals: v.optional(v.string()),
  /** What reasoning gains over embedding at once, query by query. */
  difference: v.optional(
    v.nullable(
      v.object({ seeds: v.number(), queries: v.number(), clusters: v.string(), mean: v.number(), ...rangeSchema }),
    ),
  ),
  means: v.array(meanSchema),
  /**
   * Success@1 of every kind or depth of query, means over the seeds, as the picture shows them. Absent where all
   * queries are of one kind.
   */
  parts: v.optional(
    v.object({
      names: v.array(v.string()),
      runs: v.array(v.object({ label: v.string(), values: v.array(v.number()) })),
    }),
  ),
  bm25: v.optional(v.object({ query: v.number(), with: v.number(), alone: v.number() })),
});
export type TaskResults = v.InferOutput<typeof resultsSchema>;

/** The results on a public collection, with systems that are compared with BM25. */
const systemsSchema = v.object({
  collection: v.string(),
  date: v.string(),
  adapter: v.string(),
  documents: v.number(),
  queries: v.number(),
  /** nDCG@10, and its difference to BM25's, each with its interval. */
  systems: v.array(
    v.object({
      name: v.string(),
      value: v.number(),
      ...rangeSchema,
      over_bm25: v.optional(v.object({ value: v.number(), ...rangeSchema })),
    }),
  ),
  /** Sentences on other findings. */
  notes: v.array(v.string()),
});
export type SystemResults = v.InferOutput<typeof systemsSchema>;

/** The texts of a task's page, with the figures that its folder holds. */
export interface TaskWords {
  about: readonly string[];
  cheats: readonly string[];
  good: readonly string[];
  /** Packages that its data was built from, with their licences. */
  sources: readonly v.InferOutput<typeof sourceSchema>[];
  /** The results of runs of its presets, and what the figures are. */
  results: TaskResults | null;
  figure: string;
  /** The results beside BM25, by collection. */
  systems: readonly SystemResults[];
  /** A sentence on what a larger model would change. */
  larger: string;
  /** Published results to compare these figures with. */
  references: readonly { title: string; arxiv: string; says: string }[];
}

const pages = new Map<TaskName, Promise<TaskWords>>();

/** The texts of a task's page, loaded on first use. */
export function taskPage(task: TaskName): Promise<TaskWords> {
  const page = pages.get(task) ?? load(task);
  pages.set(task, page);
  return page;
}

async function load(task: TaskName): Promise<TaskWords> {
  const {
    about,
    cheats,
    good,
    sources = [],
    results,
    figure = '',
    systems = [],
    larger = '',
    references = [],
  } = await definitionOf(task).page();
  return {
    about,
    cheats,
    good,
    sources: v.parse(v.array(sourceSchema), sources),
    results: results === undefined ? null : v.parse(resultsSchema, results),
    figure,
    systems: v.parse(v.array(systemsSchema), systems),
    larger,
    references,
  };
}
