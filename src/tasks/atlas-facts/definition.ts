import { ATLAS_FILE } from '../atlas/atlas-file';
import { atlasSettings } from '../atlas/settings';
import { defineTask } from '../definition';
import { FACTS_PRESETS } from './presets';

/** Atlas, facts: what is true of the country that a city, a code or a domain belongs to. */
export const atlasFacts = defineTask({
  name: 'atlas-facts',
  title: 'Atlas, facts',
  settings: atlasSettings,
  size: () => ({ maxDepth: 2, documents: 737, query: 8, answer: 9, document: 3 }),
  files: () => [ATLAS_FILE],
  code: async () => ({ create: (await import('./task')).createAtlasFacts }),
  example: {
    query: 'currency of the country of city Kumasi',
    steps: ['city Kumasi : Ghana', 'currency : Ghanaian_Cedi'],
    document: 'money Ghanaian_Cedi',
    meaning:
      'Kumasi lies in Ghana, and Ghana pays in cedis; the test joins such facts across countries where training never does.',
  },
  presets: FACTS_PRESETS,
  page: async () => (await import('./page')).factsPage,
});
