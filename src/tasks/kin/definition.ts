import { defineTask } from '../definition';
import { KIN_PRESETS } from './presets';
import { kinSettings } from './settings';

/** Kin: chains of facts in a made-up world, which the model learns by heart. */
export const kin = defineTask({
  name: 'kin',
  title: 'Kin',
  settings: kinSettings,
  // Topic, entity, relations and mode word; a relation and an entity a hop; three descriptors, topic, filler word.
  size: ({ entities, topics, max_depth: maxDepth }) => ({
    maxDepth,
    documents: entities * topics,
    query: 3 + maxDepth,
    answer: 2 * maxDepth + 1,
    document: 6,
  }),
  scale: ({ entities }) => `${entities} entities`,
  problems({ max_depth, relations }) {
    if (max_depth <= relations) return [];
    const expected = `at most task.relations (${relations}), because a query's relations are distinct`;
    return [{ path: 'task.max_depth', value: max_depth, expected }];
  },
  alone: ['sft.topics_per_batch'],
  code: async () => ({ create: (await import('./task')).createKin }),
  // Of the default world and seed.
  example: {
    query: 'music Ada mother rival',
    steps: ['mother Ida', 'rival Jack'],
    document: 'amber often tailor tune cliff',
    meaning: 'Ada’s mother is Ida and Ida’s rival is Jack; the document tells of Jack and music in words of its own.',
  },
  presets: KIN_PRESETS,
  page: async () => (await import('./page')).kinPage,
});
