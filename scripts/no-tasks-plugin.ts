import type { Plugin } from 'vite';

const EMPTY = 'no-task';

/**
 * Leaves the code that builds tasks out of the page's build. The page lists tasks, its worker builds them, and files
 * that nothing loads would be published beside it and their parts pulled into the first load.
 */
export function noTasks(): Plugin {
  return {
    name: 'no-tasks',
    // While the page is developed, its worker is served through its plugins.
    apply: 'build',
    enforce: 'pre',
    resolveId: (source, importer = '') =>
      source === './task' && /\/src\/tasks\/[^/]+\/definition\.ts$/.test(importer.replaceAll('\\', '/')) ? EMPTY : null,
    load: (id) => (id === EMPTY ? `throw new Error('the page builds no task');` : null),
  };
}
