import type { Plugin } from 'vite';
import { textModule } from './text-files.mjs';

/** Imports the files of `src/cluster/files` as text. */
export function textFiles(): Plugin {
  return {
    name: 'text-files',
    enforce: 'pre',
    load(id) {
      const code = textModule(id);
      return code === null ? null : { code, map: null };
    },
  };
}
