import { readFile } from 'node:fs/promises';
import type { Plugin } from 'vite';

/** Imports `*.wgsl` as text, so shaders stay real files that editors and compilers can read. */
export function wgsl(): Plugin {
  return {
    name: 'wgsl-as-text',
    enforce: 'pre',
    async load(id) {
      const path = id.split('?')[0] ?? id;
      if (!path.endsWith('.wgsl')) return null;
      return { code: `export default ${JSON.stringify(await readFile(path, 'utf8'))};`, map: null };
    },
  };
}
