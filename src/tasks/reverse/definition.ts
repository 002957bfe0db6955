import { noted, whole } from '../../settings/leaves';
import { defineTask } from '../definition';
import { heldOut } from '../shared-settings';

const settings = {
  letters: noted(whole(3, 12, 6), {
    label: 'Letters',
    meaning: 'Letters that words are made of; every word of them is a document.',
    source: 'choice',
  }),
  longest: noted(whole(2, 4, 3), {
    label: 'Longest word',
    meaning: 'Words have one letter up to this many.',
    source: 'choice',
    unit: 'letters',
  }),
  ...heldOut,
};

/** Reverse: a word is found by its letters in reverse order. The smallest task, to copy from (docs/adding.md). */
export const reverse = defineTask({
  name: 'reverse',
  title: 'Reversed words',
  settings,
  size: ({ letters, longest }) => ({
    maxDepth: longest,
    documents: (letters ** (longest + 1) - letters) / (letters - 1),
    query: longest + 1,
    answer: longest + 1,
    document: longest + 1,
  }),
  code: async () => ({ create: (await import('./task')).createReverse }),
  example: {
    query: 'a b c',
    steps: ['C', 'B', 'A'],
    document: 'C B A',
    meaning: 'The word a b c is found from its end: C, B, A, in letters that no query has.',
  },
  presets: [
    {
      name: 'reverse',
      title: 'Reversed words',
      summary: 'Words of up to three letters, found by their letters in reverse order: the smallest task there is.',
      overrides: {
        task: { name: 'reverse' },
        model: { hidden_size: 48, intermediate_size: 128, num_hidden_layers: 2 },
        pretrain: { steps: 30, batch_size: 32, warmup_steps: 5 },
        sft: { mode: 'both', steps: 400, batch_size: 32, learning_rate: 4e-3, warmup_steps: 10 },
        grpo: { depth_weights: [1, 2, 3], max_completion_length: 8 },
        evaluation: { every: 60, queries_per_depth: 16, final_queries_per_depth: 64 },
      },
    },
  ],
  page: () =>
    Promise.resolve({
      about: [
        'Words over a few letters. A query spells a word in small letters; the document that answers is the word in reverse order and in capitals, which no query has. With reasoning the model writes the reversed word first, a letter at a time. Words this short an embedding reverses at once, too: the task shows the lab.',
      ],
      cheats: [
        'Letters in common: a word has the letters of its document, so BM25, which sees no order, finds all words of the same letters alike.',
      ],
      good: ['Success@1 near 1 with reasoning, on words of two and three letters that training never asked for.'],
    }),
});
