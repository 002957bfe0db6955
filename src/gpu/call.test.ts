import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';
import { describe, expect, it } from 'vitest';
import { shaderTypes, typesFile } from '../../scripts/wgsl-types.mjs';

/** Lines of a file that calls rmsnorm_forward; each is a way to call it. */
const CALLS = {
  right: `{ uniforms: { norm, eps: 1e-5 }, bindings: { counts: v, x: v, weight: v, y: v, rstd: v }, groups, work }`,
  'a uniform too few': `{ uniforms: { norm }, bindings: { counts: v, x: v, weight: v, y: v, rstd: v }, groups, work }`,
  'a uniform too many': `{ uniforms: { norm, eps: 1e-5, bias: 1 }, bindings: { counts: v, x: v, weight: v, y: v, rstd: v }, groups, work }`,
  'a uniform of another type': `{ uniforms: { norm, eps: v }, bindings: { counts: v, x: v, weight: v, y: v, rstd: v }, groups, work }`,
  'a binding too few': `{ uniforms: { norm, eps: 1e-5 }, bindings: { counts: v, x: v, weight: v, y: v }, groups, work }`,
  'a binding too many': `{ uniforms: { norm, eps: 1e-5 }, bindings: { counts: v, x: v, weight: v, y: v, rstd: v, dy: v }, groups, work }`,
  'a constant that it has not': `{ constants: { WIDTH: 4 }, uniforms: { norm, eps: 1e-5 }, bindings: { counts: v, x: v, weight: v, y: v, rstd: v }, groups, work }`,
  'no groups': `{ uniforms: { norm, eps: 1e-5 }, bindings: { counts: v, x: v, weight: v, y: v, rstd: v }, work }`,
  'no work': `{ uniforms: { norm, eps: 1e-5 }, bindings: { counts: v, x: v, weight: v, y: v, rstd: v }, groups }`,
};

/** How many errors the compiler finds in each call. */
function errorsOf(calls: readonly string[]): number[] {
  const path = fileURLToPath(new URL('./call.fixture.ts', import.meta.url));
  const head = [
    "import shader from '../../shaders/nn/rmsnorm_forward.wgsl';",
    "import type { View } from './gpu';",
    "import type { Recorder } from './recorder';",
    'declare const recorder: Recorder;',
    'declare const v: View;',
    'const groups = [1, 1, 1] as const;',
    'const work = () => ({ flops: 0, bytes: 0 });',
    'const norm = { rows: { limit: 1, slot: 0, start: 0 }, channels: 1, group: 1, stride: 1, base: 0 };',
  ];
  const text = [...head, ...calls.map((call) => `recorder.call(shader, ${call});`)].join('\n');
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const { options } = ts.parseJsonSourceFileConfigFileContent(
    ts.readJsonConfigFile(`${root}tsconfig.json`, (file) => ts.sys.readFile(file)),
    { ...ts.sys, readDirectory: () => [] },
    root,
  );
  const host = ts.createCompilerHost({ ...options, incremental: false });
  const read = host.getSourceFile.bind(host);
  host.getSourceFile = (file, ...rest) =>
    file === path ? ts.createSourceFile(file, text, ts.ScriptTarget.ES2022) : read(file, ...rest);
  const program = ts.createProgram([path, typesFile], { ...options, incremental: false }, host);
  const source = program.getSourceFile(path);
  const errors = [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)];
  const lines = errors.map(({ start = 0 }) => text.slice(0, start).split('\n').length - 1 - head.length);
  expect(lines.filter((line) => line < 0)).toEqual([]);
  return calls.map((_, i) => lines.filter((line) => line === i).length);
}

describe('the types of shaders', () => {
  it('are those of the shaders as they are: `npm run shaders` writes them', () => {
    const flat = (text: string): string => text.replace(/\s+|\|(?=\s*')/g, '').replace(/;}/g, '}');
    expect(flat(readFileSync(typesFile, 'utf8'))).toBe(flat(shaderTypes()));
  });

  it('refuse a call that lacks a name or has one too many', () => {
    const names = Object.keys(CALLS);
    const counts = errorsOf(Object.values(CALLS));
    expect(names.map((name, i) => [name, (counts[i] ?? 0) > 0])).toEqual(names.map((name) => [name, name !== 'right']));
  });
});
