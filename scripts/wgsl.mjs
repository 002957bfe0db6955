// Shaders as the engine imports them. `#include "lib/rows.wgsl"` lines are replaced by that file of shaders/, once each; the
// uniforms, the bindings and the constants are read from the text, so that nothing else has to say them again.
import { readFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readLayout } from './wgsl-layout.mjs';

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

/** The origins of runs of lines: (first line of the run, file, its line there), all from 1. */
function originsOf(lines) {
  return lines.flatMap(({ file, line }, i) => {
    const before = lines[i - 1];
    return before?.file === file && before.line === line - 1 ? [] : [[i + 1, file, line]];
  });
}

/** A shader as an import gives it. */
export function readShader(file, read) {
  const { code, lines, files } = joinShader(file, read);
  const shader = { name: basename(file, '.wgsl'), code, origins: originsOf(lines), ...readLayout(file, code) };
  return { shader, files };
}

/** The module that an import of a shader stands for. */
export function shaderModule(path) {
  const { shader, files } = readShader(relative(shaderFolder, resolve(path)));
  return { code: `export default ${JSON.stringify(shader)};`, files: files.map((file) => join(shaderFolder, file)) };
}

/** The same plugin for esbuild, which bundles the command line. */
export const wgslForEsbuild = {
  name: 'wgsl',
  setup(build) {
    build.onLoad({ filter: /\.wgsl$/ }, ({ path }) => {
      const { code, files } = shaderModule(path);
      return { contents: code, loader: 'js', watchFiles: files };
    });
  },
};
