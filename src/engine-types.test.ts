import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { expect, test } from 'vitest';
import { engineFolders } from '../scripts/layers.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
const { config } = ts.readConfigFile(join(root, 'tsconfig.engine.json'), (path) => ts.sys.readFile(path)) as {
  config: { include: string[] };
};
const { options } = ts.parseJsonConfigFileContent(config, ts.sys, root);

/** The type errors of a line of code, compiled as a file of the engine's project. */
function problemsOf(code: string): string[] {
  const probe = join(root, 'src/lib/probe.ts');
  const host = ts.createCompilerHost(options);
  const fileExists = host.fileExists.bind(host);
  const getSourceFile = host.getSourceFile.bind(host);
  host.fileExists = (path) => path === probe || fileExists(path);
  host.getSourceFile = (path, language, ...rest) =>
    path === probe ? ts.createSourceFile(path, code, language) : getSourceFile(path, language, ...rest);
  const program = ts.createProgram([probe, join(root, 'types/engine.d.ts')], { ...options, incremental: false }, host);
  return program
    .getSemanticDiagnostics(program.getSourceFile(probe))
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
}

test('the engine is compiled without a page and without Node', () => {
  expect(problemsOf('export const title = document.title;')).toEqual([expect.stringContaining("'document'")]);
  expect(problemsOf('export const folder = process.cwd();')).toEqual([expect.stringContaining("'process'")]);
  expect(problemsOf("export const text = new TextDecoder('utf-8').decode(new Uint8Array(2));")).toEqual([]);
  expect(problemsOf('export const lost = (device: GPUDevice) => device.lost;')).toEqual([]);
}, 60_000);

test('its project includes all folders of the engine', () => {
  expect(config.include).toEqual(['types', 'src/*.d.ts', ...engineFolders.map((folder) => `src/${folder}`)]);
});
