import { describe, expect, it } from 'vitest';
import { joinShader, readShader } from '../../scripts/wgsl.mjs';
import { leastLength, packStruct, packed, uniformAt } from './shader';

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

const KERNEL = `
struct Rows { limit: u32, slot: u32, @size(8) start: u32 }
struct Dims { rows: Rows, channels: u32, scale: f32, shift: i32 }
struct Token { id: u32, weights: vec2f, rest: array<u32, 2> }
const WIDTH = 4u; // specialised
const TILE = 2u;
@group(0) @binding(2) var<storage, read_write> y: array<vec4f>; // ((rows - 1) * WIDTH + channels / TILE, 3): with words
@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> tokens: array<Token>; // (?, rows.slot == 5)
@compute @workgroup_size(1) fn main() {}
`;
interface Dims {
  rows: { limit: number; slot: number; start: number };
  channels: number;
  scale: number;
  shift: number;
}
const kernelOf = (code: string) =>
  readShader<
    Dims,
    'tokens' | 'y',
    'WIDTH',
    { Token: { id: number; weights: readonly number[]; rest: readonly number[] } }
  >('nn/x.wgsl', () => code).shader;

describe('what a shader says of itself', () => {
  const shader = kernelOf(KERNEL);
  const uniforms = { rows: { limit: 7, slot: 5, start: 1 }, channels: 9, scale: 0.5, shift: -3 };

  it('is read: uniforms where they lie, bindings in order, constants', () => {
    expect(shader.name).toBe('x');
    expect(shader.constants).toEqual({ WIDTH: 4 });
    expect(shader.bindings.map(({ name, binding, access, bytes }) => [name, binding, access, bytes])).toEqual([
      ['tokens', 1, 'read', 24],
      ['y', 2, 'read_write', 16],
    ]);
    const bytes = new DataView(new ArrayBuffer(32));
    packStruct('x', shader.uniforms!, uniforms, bytes);
    expect(shader.uniforms?.size).toBe(32);
    expect([0, 4, 8, 16].map((at) => bytes.getUint32(at, true))).toEqual([7, 5, 1, 9]);
    expect([bytes.getFloat32(20, true), bytes.getInt32(24, true)]).toEqual([0.5, -3]);
  });

  it('packs the structs of its buffers, vectors where their alignment puts them', () => {
    const words = packed('token', shader.structs.Token, { id: 3, weights: [1, 2], rest: [4, 5] });
    expect([...words]).toEqual([3, 0, 0x3f800000, 0x40000000, 4, 5]);
    expect(() => packed('token', shader.structs.Token, { id: 3, weights: [1], rest: [4, 5] })).toThrow(
      /token\.weights/,
    );
  });

  it('gives the length that a buffer must have', () => {
    const numbers = (name: string): number =>
      ({ ...shader.values, ...shader.constants })[name] ?? uniformAt(uniforms, name) ?? NaN;
    expect(shader.bindings.map((binding) => leastLength(binding, numbers))).toEqual([1, (6 * 4 + 4) * 3]);
  });

  it('is refused with the file where it cannot be read', () => {
    const wrong = (from: string, to: string) => () => kernelOf(KERNEL.replace(from, to));
    expect(wrong('(?, rows.slot == 5)', 'tokens')).toThrow(/nn\/x\.wgsl: the binding tokens has no shape/);
    expect(wrong('rows.slot', 'rows.sloth')).toThrow(/nn\/x\.wgsl.*rows\.sloth/);
    expect(wrong('shift: i32', 'shift: vec3f')).toThrow(/nn\/x\.wgsl: the type vec3f/);
  });
});
