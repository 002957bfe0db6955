import { noted, whole } from '../../settings/leaves';
import type { SettingsOf, TaskLengths } from '../definition';
import { corpus } from '../shared-settings';

/** The settings of training on a user's own documents. Every query has a trace, and its prompts are bare. */
export const textSettings = {
  ...corpus,
  vocabulary: noted(whole(300, 32_000, 4096), {
    label: 'Vocabulary',
    meaning: 'Tokens of the byte-level BPE that is learnt from the documents, the 256 bytes among them.',
    source: 'choice',
    unit: 'tokens',
    geometric: true,
  }),
};

export type TextSettings = SettingsOf<typeof textSettings>;

/** Tokens that training takes of a query, its trace and a passage, mode word and embed token in. */
export const TEXT_LIMITS: TaskLengths = { query: 32, answer: 16, document: 64 };
