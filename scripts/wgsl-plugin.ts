import type { Plugin } from 'vite';
import { shaderModule } from './wgsl.mjs';

/** Imports `*.wgsl` with its includes joined, so shaders stay real files that editors and compilers can read. */
export function wgsl(): Plugin {
  return {
    name: 'wgsl',
    enforce: 'pre',
    load(id) {
      const path = id.split('?')[0] ?? id;
      if (!path.endsWith('.wgsl')) return null;
      const { code, files } = shaderModule(path);
      for (const file of files) this.addWatchFile(file);
      return { code, map: null };
    },
  };
}
