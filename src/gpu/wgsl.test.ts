import { describe, expect, it } from 'vitest';
import { joinShader } from '../../scripts/wgsl.mjs';

const files: Record<string, string> = {
  'nn/x.wgsl': '// x\n#include "lib/b.wgsl"\n#include "lib/a.wgsl"\nfn x() {}\n',
  'lib/a.wgsl': 'fn a() {}\n',
  'lib/b.wgsl': '#include "lib/a.wgsl"\nfn b() {}\n',
};
const read = (path: string): string => {
  const text = files[path];
  if (text === undefined) throw new Error(`no ${path}`);
  return text;
};

describe('a shader with includes', () => {
  it('gets each file once, where it is first asked for', () => {
    const { code, files: used } = joinShader('nn/x.wgsl', read);
    expect(code).toBe('// x\nfn a() {}\nfn b() {}\nfn x() {}\n');
    expect(used).toEqual(['nn/x.wgsl', 'lib/b.wgsl', 'lib/a.wgsl']);
  });

  it('knows of each line where it comes from', () => {
    expect(joinShader('nn/x.wgsl', read).lines.map(({ file, line }) => `${file}:${line}`)).toEqual([
      'nn/x.wgsl:1',
      'lib/a.wgsl:1',
      'lib/b.wgsl:2',
      'nn/x.wgsl:4',
    ]);
  });

  it('fails where a file is missing', () => {
    expect(() => joinShader('nn/y.wgsl', read)).toThrow('nn/y.wgsl');
  });
});
