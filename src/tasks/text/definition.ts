import { defineTask } from '../definition';
import { textFile } from './corpus-file';
import { TEXT_PRESETS } from './presets';
import { TEXT_LIMITS, textSettings } from './settings';

/** Text: a user's own documents, from which a model learns by themselves. */
export const text = defineTask({
  name: 'text',
  title: 'Your own documents',
  settings: textSettings,
  size: () => ({ maxDepth: 1, documents: Infinity, ...TEXT_LIMITS }),
  // A teacher reads queries whose texts are known ahead.
  alone: ['sft.teacher.sha256', 'sft.teacher.name', 'sft.teacher.from', 'sft.weight_distil', 'sft.teacher_temperature'],
  fixed: [
    {
      path: 'sft.hard_negatives',
      value: 0,
      because: 'the negatives of one’s own documents are the batch’s other ones',
    },
  ],
  // A context that its passages fit into.
  chosen: [['model.max_position_embeddings', 128]],
  files: (settings) => [textFile(settings)],
  async code() {
    const { createText, unreadText } = await import('./task');
    return { create: createText, unread: unreadText };
  },
  // Of a made-up corpus, because the user's own is not known beforehand.
  example: {
    query: 'heat transfer to a blunt body',
    steps: ['stagnation', 'heat', 'laminar'],
    document: 'the laminar heat transfer at the stagnation point of a blunt nose was measured',
    meaning: 'From a made-up collection: the keywords come first, then the passage that they lead to.',
  },
  presets: TEXT_PRESETS,
  page: async () => (await import('./page')).textPage,
});
