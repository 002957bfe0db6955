import type { Session } from '../config/session';

/** The user's choices for an opened model, by which its memory is planned. */
export interface PlanChoices {
  /** LoRA's rank on all seven projections of every layer; 0: nothing is trained. */
  rank: number;
  /** Whether the embed token's own row is trained too. */
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
  /** Bytes of the weights, with the table of rotary angles. */
  weights: number;
  /** The adapters' own weights. */
  adapters: number;
  /** The adapters' gradients and moments. */
  moments: number;
  /** Bytes of the activations of a step, with its logits and losses; or of embedding, where nothing is trained. */
  activations: number;
  /** Keys and values of texts that are generated, with what generating takes beside. */
  cache: number;
  /** Bytes of the block of the documents' embeddings that one search product takes. */
  index: number;
  total: number;
}
