// Imports the files that are handed over to a cluster as text, so that they stay real files that their own tools read.
import { readFileSync } from 'node:fs';

const HANDED_OVER = /[\\/]src[\\/]cluster[\\/]files[\\/][^?]+$/;

/** The same plugin for esbuild, which bundles the command line. */
export const textForEsbuild = {
  name: 'text-files',
  setup(build) {
    build.onLoad({ filter: HANDED_OVER }, ({ path }) => ({ contents: readFileSync(path), loader: 'text' }));
  },
};

/** The module that an import of such a file stands for; null for any other file. */
export function textModule(id) {
  const path = id.split('?')[0] ?? id;
  return HANDED_OVER.test(path) ? `export default ${JSON.stringify(readFileSync(path, 'utf8'))};` : null;
}
