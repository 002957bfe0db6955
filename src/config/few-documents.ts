import type { LeafValue } from '../settings/leaves';

/** From this many documents on the preset's own settings are the better ones. */
export const FEW_DOCUMENTS = 500;

/**
 * What the preset `text` is changed to for a few documents: they are seen often enough in fewer steps, and a machine
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
