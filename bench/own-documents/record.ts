/** What is kept of each model on each collection. */
import { existsSync, readFileSync } from 'node:fs';
import * as v from 'valibot';

export const RECORD = 'docs/results/own-documents.json';

const interval = v.tuple([v.number(), v.number()]);
const difference = v.object({ mean: v.number(), ci95: interval });
export type Difference = v.InferOutput<typeof difference>;
const unasked = v.optional(v.nullable(difference), null);
const system = v.object({
  ndcg_cut_10: v.number(),
  recall_100: v.number(),
  ci95: v.object({ ndcg_cut_10: interval }),
  over_bm25: difference,
});
export type System = v.InferOutput<typeof system>;
/** A fusion; beside MiniLM's with BM25 where MiniLM is not what is fused. */
const fusion = v.object({ ...system.entries, over_minilm: unasked });
const together = v.object({ ...fusion.entries, over_without: unasked, why: v.string() });

export const kept = v.object({
  commit: v.string(),
  adapter: v.string(),
  date: v.string(),
  queries: v.number(),
  documents: v.number(),
  truncated: v.number(),
  split: v.number(),
  bm25: v.omit(system, ['over_bm25']),
  alone: system,
  fused: fusion,
  why: v.string(),
  /** Whether keywords written first help; null for a model that writes none, and where it was not asked yet. */
  reasoning: v.optional(v.nullable(v.string()), null),
  /** Least cosine of documents that torch embedded with ours; null where all are ours. */
  torch_cosine: v.optional(v.nullable(v.number()), null),
  /** BM25, MiniLM and the model as one; null for MiniLM itself, and where it was not asked yet. */
  together: v.optional(v.nullable(together), null),
  /** Mean nDCG@10 on what the weight was chosen on, by weight. */
  chosen_by: v.array(v.number()),
});
export type Kept = v.InferOutput<typeof kept>;

/** What is trained here. */
export const TRAINED = ['scratch', 'taught', 'direct', 'filtered', 'rewarded', 'adapted', 'adapted_taught'] as const;
export type Trained = (typeof TRAINED)[number];

export const NAMES: Readonly<Record<Trained, string>> = {
  scratch: 'from scratch',
  taught: 'from scratch, taught by MiniLM',
  direct: 'from scratch, taught to embed at once alone',
  filtered: 'from scratch, then its own words that helped',
  rewarded: 'from scratch, stage 2 on top',
  adapted: 'SmolLM2 + LoRA',
  adapted_taught: 'SmolLM2 + LoRA, taught to embed at once alone',
};

/** A model's name in files and in `--only`. */
export const slug = (how: Trained | 'minilm'): string => how.replaceAll('_', '-');

export type Figures = { collection: string; minilm: Kept } & Record<Trained, Kept | null>;

const missing = v.optional(v.nullable(kept), null);
const recordSchema = v.array(
  v.object({
    collection: v.string(),
    minilm: kept,
    scratch: missing,
    taught: missing,
    direct: missing,
    filtered: missing,
    rewarded: missing,
    adapted: missing,
    adapted_taught: missing,
  }),
);

/** What was recorded, by collection. */
export const recorded = (): Map<string, Figures> =>
  new Map(
    existsSync(RECORD)
      ? v.parse(recordSchema, JSON.parse(readFileSync(RECORD, 'utf8'))).map((one) => [one.collection, one])
      : [],
  );
