import { ATLAS_FILE } from '../atlas/atlas-file';
import { atlasSettings } from '../atlas/settings';
import { defineTask } from '../definition';
import { WALK_PRESETS } from './presets';

/** Atlas, walks: which country a walk over borders ends in. */
export const atlasWalk = defineTask({
  name: 'atlas-walk',
  title: 'Atlas, walks',
  settings: atlasSettings,
  size: () => ({ maxDepth: 3, testedDepth: 5, documents: 160, query: 13, answer: 11, document: 11 }),
  files: () => [ATLAS_FILE],
  code: async () => ({ create: (await import('./task')).createAtlasWalk }),
  example: {
    query: 'from Togo go east , north',
    steps: ['east Benin', 'north Niger'],
    document: 'domain .ne phone +227 money West_African_CFA_Franc tongue French part Western_Africa',
    meaning: 'East of Togo lies Benin and north of Benin Niger; the document is Niger’s, without its name.',
  },
  presets: WALK_PRESETS,
  page: async () => (await import('./page')).walkPage,
});
