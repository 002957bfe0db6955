import * as v from 'valibot';
import { noted, whole } from '../../settings/leaves';
import { optimiser } from './optimiser';

/** Stage 0: next-token prediction on the task's sentences. */
export const pretrainSchema = v.strictObject({
  steps: noted(whole(0, 100_000, 700), {
    label: 'Steps',
    meaning: 'Updates of next-token training on facts, glossary and documents.',
    source: 'prototype',
    unit: 'steps',
    step: 50,
  }),
  batch_size: noted(whole(1, 4096, 128), {
    label: 'Batch',
    meaning: 'Sentences in each step.',
    source: 'prototype',
    unit: 'sentences',
    geometric: true,
  }),
  ...optimiser(4e-3, 'linear'),
});
