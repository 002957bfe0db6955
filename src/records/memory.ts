import type { Session } from '../config/session';

/** What the user wants to do with an opened model. */
export interface PlanChoices {
  /** LoRA's rank on all seven projections of every layer; 0: nothing is trained. */
  rank: number;
  /** Whether the embed token's own row is trained beside it. */
  tokenRow: boolean;
  /** Sequences of one step, or of one generation. */
  batch: number;
  /** Micro-batches that a step of training is computed in, one after the other. */
  parts: number;
  /** Tokens of each sequence. */
  length: number;
  activations: Session['model']['activations'];
  /** Documents whose embeddings are searched. */
  documents: number;
}

/** Bytes on the GPU. */
export interface MemoryPlan {
  /** With the table that turns q and k. */
  weights: number;
  /** The adapters' own weights. */
  adapters: number;
  /** The adapters' gradients and moments. */
  moments: number;
  /** Of a step, with its logits and losses; where nothing is trained, of embedding. */
  activations: number;
  /** Keys and values of texts that are generated, with what generating takes beside. */
  cache: number;
  /** The part of the documents' embeddings that one search product takes. */
  index: number;
  total: number;
}
