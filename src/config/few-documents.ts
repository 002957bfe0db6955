import type { LeafValue } from '../settings/leaves';

/** Number of documents from which the preset's own settings are better. */
export const FEW_DOCUMENTS = 500;

/**
 * The changes of the preset `text` for a few documents: they are seen often enough in fewer steps, and a machine
 * without a GPU is done in a minute or two.
 */
export const FEW_SETTINGS: readonly [path: string, value: LeafValue][] = [
  ['task.vocabulary', 1024],
  ['model.hidden_size', 64],
  ['model.intermediate_size', 128],
  ['sft.steps', 120],
  ['sft.batch_size', 16],
  ['sft.learning_rate', 3e-3],
  ['evaluation.every', 60],
];
