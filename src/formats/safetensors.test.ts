import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../lib/errors';
import { readSafetensors, readSafetensorsMetadata, writeSafetensors } from './safetensors';
import { hasShared, sharedBytes } from './shared.test-data';

/** A file with this header text and this much data. */
function file(header: string, dataBytes = 0, claimed?: number): Uint8Array {
  const text = new TextEncoder().encode(header);
  const out = new Uint8Array(8 + text.length + dataBytes);
  new DataView(out.buffer).setBigUint64(0, BigInt(claimed ?? text.length), true);
  out.set(text, 8);
  return out;
}
const f32 = (begin: number, end: number, shape = [(end - begin) / 4]): object => ({
  dtype: 'F32',
  shape,
  data_offsets: [begin, end],
});

describe('readSafetensors refuses, in one sentence,', () => {
  it.each([
    ['a file too short', new Uint8Array(5), /5 bytes long/],
    ['a header longer than the file', file('{}', 0, 900), /claims 900 bytes and 2 follow/],
    ['a header length beyond 2^53', new Uint8Array(16).fill(255), /claims/],
    ['a header that is not JSON', file('{"a":'), /not JSON/],
    ['a header that is a list', file('[]'), /not a JSON object/],
    ['an unknown dtype', file(JSON.stringify({ a: { dtype: 'Q4', shape: [], data_offsets: [0, 4] } }), 4), /"Q4"/],
    ['a missing dtype', file(JSON.stringify({ a: { shape: [], data_offsets: [0, 4] } }), 4), /missing/],
    ['a negative side', file(JSON.stringify({ a: f32(0, 4, [-1]) }), 4), /shape/],
    ['offsets past the end', file(JSON.stringify({ a: f32(0, 8) }), 4), /ends at byte 8, expected at most 4/],
    ['one offset', file(JSON.stringify({ a: { dtype: 'F32', shape: [1], data_offsets: [0] } }), 4), /data_offsets/],
    ['an overlap', file(JSON.stringify({ a: f32(0, 8), b: f32(4, 12) }), 12), /b begins at byte 4 and overlaps/],
    ['a hole', file(JSON.stringify({ a: f32(0, 4), b: f32(8, 12) }), 12), /b begins at byte 8 and leaves a hole/],
    ['bytes after the last', file(JSON.stringify({ a: f32(0, 4) }), 9), /5 bytes follow/],
    ['bytes that do not fit the shape', file(JSON.stringify({ a: f32(0, 8, [3]) }), 8), /8 bytes, expected 12/],
    ['a name twice', file(`{"a":${JSON.stringify(f32(0, 4))},"\\u0061":${JSON.stringify(f32(4, 8))}}`, 8), /"a" twice/],
    ['metadata that is no text', file('{"__metadata__":{"a":1}}'), /expected a string/],
  ])('%s', (_, bytes, message) => {
    expect(() => readSafetensors(bytes, 'x.safetensors')).toThrow(InputError);
    expect(() => readSafetensors(bytes, 'x.safetensors')).toThrow(message);
    expect(() => readSafetensors(bytes, 'x.safetensors')).toThrow(/^x\.safetensors[^\n]*expected[^\n]*$/);
  });

  it.each([NaN, Infinity, -Infinity])('%s, where asked to', (value) => {
    const bytes = writeSafetensors(new Map([['w', { shape: [2], data: Float32Array.of(1, value) }]]));
    expect(readSafetensors(bytes, 'x').size).toBe(1);
    expect(() => readSafetensors(bytes, 'x', { finite: true })).toThrow(`tensor w holds ${value} at element 1`);
  });

  it('an I64 that i32 cannot hold', () => {
    const bytes = file(JSON.stringify({ n: { dtype: 'I64', shape: [1], data_offsets: [0, 8] } }), 8);
    const view = new DataView(bytes.buffer);
    view.setBigInt64(bytes.length - 8, -5n, true);
    expect([...readSafetensors(bytes, 'x').get('n')!.data]).toEqual([-5]);
    view.setBigInt64(bytes.length - 8, 2n ** 31n, true);
    expect(() => readSafetensors(bytes, 'x')).toThrow('holds 2147483648 at element 0, expected a 32-bit integer');
  });

  it('every other damaged file, never with anything but an InputError', () => {
    const good = writeSafetensors(new Map([['w', { shape: [2, 2], data: new Float32Array(4) }]]), { format: 'pt' });
    fc.assert(
      fc.property(fc.nat(good.length - 1), fc.nat(255), fc.nat(good.length), (at, value, length) => {
        const bytes = good.slice(0, length);
        if (at < length) bytes[at] = value;
        try {
          readSafetensors(bytes, 'x');
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
        }
      }),
      { numRuns: 2000 },
    );
  });
});

describe('writeSafetensors', () => {
  const shape = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 3 });
  const tensors = fc.dictionary(
    fc.string({ unit: 'grapheme' }).filter((name) => name !== '__metadata__'),
    shape.chain((sides) => {
      const size = sides.reduce((a, b) => a * b, 1);
      return fc.record({
        shape: fc.constant(sides),
        data: fc.float32Array({ minLength: size, maxLength: size, noNaN: true }),
      });
    }),
  );

  it('is read back', () => {
    fc.assert(
      fc.property(tensors, (record) => {
        const written = new Map(Object.entries(record));
        const read = readSafetensors(writeSafetensors(written), 'x');
        expect(read.size).toBe(written.size);
        for (const [name, { shape: sides, data }] of written) {
          expect(read.get(name)).toEqual({ dtype: 'F32', shape: sides, data });
        }
      }),
    );
  });

  it('gives the same bytes in any order of insertion, and aligns the data', () => {
    const a = { shape: [3], data: Float32Array.of(1, 2, 3), dtype: 'BF16' as const };
    const b = { shape: [1], data: Int32Array.of(-7) };
    const c = { shape: [], data: Float32Array.of(0.5) };
    const one = writeSafetensors(
      new Map<string, typeof a | typeof b | typeof c>([
        ['a', a],
        ['b', b],
        ['c', c],
      ]),
      { x: '1', format: 'pt' },
    );
    const other = writeSafetensors(
      new Map<string, typeof a | typeof b | typeof c>([
        ['c', c],
        ['b', b],
        ['a', a],
      ]),
      { format: 'pt', x: '1' },
    );
    expect(one).toEqual(other);
    expect(Number(new DataView(one.buffer).getBigUint64(0, true)) % 8).toBe(0);
    expect([...readSafetensors(one, 'x').keys()]).toEqual(['b', 'c', 'a']);
    expect(readSafetensors(one, 'x').get('a')).toEqual({ dtype: 'BF16', shape: [3], data: Float32Array.of(1, 2, 3) });
    expect(readSafetensorsMetadata(one, 'x')).toEqual({ format: 'pt', x: '1' });
  });

  it('reads data at any alignment', () => {
    const bytes = writeSafetensors(new Map([['w', { shape: [2], data: Float32Array.of(1.5, -2) }]]));
    for (let shift = 0; shift < 4; shift++) {
      const shifted = new Uint8Array(bytes.length + shift);
      shifted.set(bytes, shift);
      expect([...readSafetensors(shifted.subarray(shift), 'x').get('w')!.data]).toEqual([1.5, -2]);
    }
  });

  it('copies, from a Node Buffer too', () => {
    const bytes = Buffer.from(writeSafetensors(new Map([['w', { shape: [2], data: Float32Array.of(1.5, -2) }]])));
    const tensor = readSafetensors(bytes, 'x').get('w')!;
    bytes.fill(0);
    expect([...tensor.data]).toEqual([1.5, -2]);
  });

  it('refuses data that does not fill the shape', () => {
    expect(() => writeSafetensors(new Map([['w', { shape: [2], data: new Float32Array(3) }]]))).toThrow(InputError);
  });
});

describe.skipIf(!hasShared('fixtures'))('the shared fixtures', () => {
  it.each(['lm-llama', 'lm-qwen2', 'stage1-llama', 'grpo-llama'])('%s reads', (name) => {
    const tensors = readSafetensors(sharedBytes(`fixtures/${name}/reference.safetensors`), name, { finite: true });
    expect(tensors.size).toBeGreaterThan(10);
  });
});
