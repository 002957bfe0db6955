import * as v from 'valibot';
import { ARM_ORDER } from '../arms';

const figureSchema = v.object({
  /** Of the test split. */
  arm: v.picklist(ARM_ORDER),
  /** Success@1 with its 95% interval. */
  value: v.number(),
  low: v.number(),
  high: v.number(),
  queries: v.number(),
});
const cardSchema = v.object({
  /** Of its run. */
  name: v.string(),
  title: v.string(),
  shows: v.string(),
  figure: figureSchema,
  /** What the figure is held against. */
  beside: v.optional(figureSchema),
  /** The model that it starts from, and where those bytes come from; absent where it learns from nothing. */
  base: v.optional(v.object({ name: v.string(), sha256: v.string(), source: v.string() })),
  /** What else whoever runs it must bring; empty where nothing. */
  needs: v.string(),
  /** That recorded it, as a claim names it. */
  adapter: v.string(),
  steps: v.number(),
  /** It took there. */
  minutes: v.number(),
  fingerprint: v.string(),
  /** The fragment, without `#`, with its claim. */
  link: v.string(),
});

/** A recorded result: what it shows, its figure, and the link that runs it again. */
export type GalleryCard = v.InferOutput<typeof cardSchema>;

/** The cards as `bench/gallery.ts` wrote them. @throws where they are not such. */
export const readGallery = (json: unknown): GalleryCard[] => v.parse(v.array(cardSchema), json);
