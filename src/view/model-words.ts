import type { KeptModel, MemoryPlan } from '../host/browser/api';

/** The kinds of models, as the page names them. */
export const KINDS: Readonly<Record<KeptModel['kind'], string>> = {
  huggingface: 'Hugging Face folder',
  gguf: 'GGUF file',
};

/** A dtype as the field writes it: `Q8_0`, `f16`. */
export const dtypeLabel = (dtype: string): string => (/^q\d/.test(dtype) ? dtype.toUpperCase() : dtype);

export interface PlanPart {
  part: Exclude<keyof MemoryPlan, 'total'>;
  label: string;
  meaning: string;
}

/** The parts of a plan, in the order of the bars. */
export const PLAN_PARTS: readonly PlanPart[] = [
  { part: 'weights', label: 'Weights', meaning: 'The model as its file has it, frozen, with the table of its positions.' },
  { part: 'adapters', label: 'Adapters', meaning: 'LoRA’s two narrow matrices beside each of the seven projections.' },
  { part: 'moments', label: 'Gradients and moments', meaning: 'Of the adapters alone: a gradient and Adam’s two moments of each weight.' },
  { part: 'activations', label: 'Activations', meaning: 'What a step computes on the way, with its logits; where nothing is trained, what embedding a batch of texts takes.' },
  { part: 'cache', label: 'Key-value cache', meaning: 'Keys and values of the tokens it writes, with other buffers for writing; only where it writes.' },
  { part: 'index', label: 'Search', meaning: 'The part of the documents’ embeddings that one search compares at a time.' },
]; // prettier-ignore

/**
 * A sentence on whether a plan fits in a number of bytes.
 * @param rank of the adapters; 0 where nothing is trained.
 * @param parts the fewest micro-batches in which the batch fits; 0 where none do, or none are needed.
 */
export function fitSentence(
  plan: MemoryPlan,
  within: number,
  largest: number,
  batch: number,
  rank: number,
  parts = 0,
): string {
  if (plan.total <= within) return largest > batch ? `It fits; a batch of up to ${largest} would.` : 'It fits.';
  const inParts = parts > 1 ? `${batch} in ${parts} micro-batches` : null;
  if (largest > 0) return `It does not fit; a batch of ${largest} would${inParts ? `, or ${inParts}` : ''}.`;
  if (inParts) return `It does not fit; ${inParts} would.`;
  if (plan.weights > within)
    return 'It does not fit: its weights alone take more. Take a smaller model, or one in fewer bits.';
  const how =
    rank > 0 ? 'take shorter texts, a smaller rank, or activations that are computed again' : 'take shorter texts';
  return `It does not fit, not even with a batch of 1: ${how}.`;
}
