// Shaders as the engine imports them: `#include "lib/rows.wgsl"` lines are replaced by that file of shaders/, once each.
import { readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';

export const shaderFolder = join(dirname(fileURLToPath(import.meta.url)), '..', 'shaders');

const INCLUDE = /^#include "([^"]+)"$/;

/** The lines of `file` (a path inside shaders/) with its includes in their places, each with where it comes from. */
export function joinShader(file, read = (path) => readFileSync(join(shaderFolder, path), 'utf8')) {
  const lines = [];
  const files = [];
  const add = (path) => {
    if (files.includes(path)) return;
    files.push(path);
    read(path)
      .replace(/\n$/, '')
      .split('\n')
      .forEach((text, i) => {
        const included = INCLUDE.exec(text)?.[1];
        if (included === undefined) lines.push({ text, file: path, line: i + 1 });
        else add(included);
      });
  };
  add(file);
  return { code: lines.map(({ text }) => `${text}\n`).join(''), lines, files };
}

/** The module that an import of a shader stands for. */
export function shaderModule(path) {
  const { code, files } = joinShader(relative(shaderFolder, resolve(path)));
  return { code: `export default ${JSON.stringify(code)};`, files: files.map((file) => join(shaderFolder, file)) };
}

/** For esbuild, which bundles the command line. */
export const wgslForEsbuild = {
  name: 'wgsl',
  setup(build) {
    build.onLoad({ filter: /\.wgsl$/ }, ({ path }) => {
      const { code, files } = shaderModule(path);
      return { contents: code, loader: 'js', watchFiles: files };
    });
  },
};
