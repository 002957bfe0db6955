import { isSha256 } from '../../lib/hash';
import { defineTask } from '../definition';
import { probeFile, WORLD_FILE } from './files';
import { worldSettings } from './settings';

/** World: the capital of the country where a city is, for a base model that knows such things. */
export const world = defineTask({
  name: 'world',
  title: 'World',
  settings: worldSettings,
  size: () => ({ maxDepth: 1, documents: 1086, query: 15, answer: 21, document: 5 }),
  problems({ corpus }) {
    if (isSha256(corpus)) return [];
    const expected = 'the hash of what the base knows of the world, which lab run --base asks it';
    return [{ path: 'task.corpus', value: corpus, expected }];
  },
  needsBase: 'the task world is what a base knows',
  files: (settings) => [WORLD_FILE, probeFile(settings)],
  code: async () => ({ create: (await import('./task')).createWorld }),
  example: {
    query: 'What is the capital of the country where Lyon is?',
    steps: ['Lyon is in France.', 'The capital of France is Paris.'],
    document: 'Paris',
    meaning: 'Lyon is in France and its capital is Paris; a base model that was trained before knows both by itself.',
  },
  presets: [],
  page: async () => (await import('./page')).worldPage,
});
