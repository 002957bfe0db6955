import * as v from 'valibot';
import { ARM_ORDER } from '../arms';

/** A figure of a card: one arm's Success@1 on the test split. */
const figureSchema = v.object({
  /** The arm of the test split that the figure is of. */
  arm: v.picklist(ARM_ORDER),
  /** Success@1 with its 95% interval. */
  value: v.number(),
  low: v.number(),
  high: v.number(),
  queries: v.number(),
});
const cardSchema = v.object({
  /** The name of its run. */
  name: v.string(),
  title: v.string(),
  shows: v.string(),
  figure: figureSchema,
  /** The figure that it is compared with. */
  beside: v.optional(figureSchema),
  /** The model that it starts from, and where its bytes come from; absent where training starts from random weights. */
  base: v.optional(v.object({ name: v.string(), sha256: v.string(), source: v.string() })),
  /** What else is needed to run it; empty where nothing is. */
  needs: v.string(),
  /** The adapter that recorded it, as a claim names it. */
  adapter: v.string(),
  steps: v.number(),
  /** Minutes that it took on that adapter. */
  minutes: v.number(),
  fingerprint: v.string(),
  /** The link's fragment, without `#`, with its claim. */
  link: v.string(),
});

/** A recorded result: what it shows, its figure, and the link that runs it again. */
export type GalleryCard = v.InferOutput<typeof cardSchema>;

/** Parses the cards that `bench/gallery.ts` wrote. @throws where they are not valid. */
export const readGallery = (json: unknown): GalleryCard[] => v.parse(v.array(cardSchema), json);
