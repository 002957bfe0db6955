import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../lib/errors';
import { readNpy, writeNpy } from './npy';

describe('npy', () => {
  it('is read as it was written, its data aligned to 64 bytes', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 4 }), (shape) => {
        const data = Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => i / 3);
        const bytes = writeNpy({ shape, data });
        expect((bytes.length - 4 * data.length) % 64).toBe(0);
        expect(readNpy(bytes, 'x')).toEqual({ shape, data });
      }),
    );
  });

  it("has NumPy's own header", () => {
    const header = new TextDecoder('latin1').decode(
      writeNpy({ shape: [2, 3], data: new Float32Array(6) }).slice(0, 128),
    );
    // numpy.save of zeros((2, 3), float32)
    expect(header).toBe(
      "\x93NUMPY\x01\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }".padEnd(127) + '\n',
    );
    const vector = new TextDecoder('latin1').decode(writeNpy({ shape: [3], data: new Float32Array(3) }));
    expect(vector).toContain("'shape': (3,), ");
  });

  const edited = (from: string, to: string): Uint8Array => {
    const bytes = writeNpy({ shape: [2, 3], data: new Float32Array(6) });
    const text = new TextDecoder('latin1').decode(bytes).replace(from, to);
    return Uint8Array.from(text, (c) => c.charCodeAt(0));
  };
  it.each([
    [new Uint8Array(20), /not a .npy file/],
    [edited("'<f4'", "'<f8'"), /descr is "<f8", expected "<f4"/],
    [edited('False', ' True'), /Fortran order/],
    [edited('(2, 3)', '(2, 4)'), /24 bytes of data, expected 32/],
    [edited("'shape'", "'shame'"), /no shape/],
    [edited('v\0{', '\xff\xff{'), /expected a header of 65535/],
  ])('refuses a damaged file (%#)', (bytes, message) => {
    expect(() => readNpy(bytes, 'x.npy')).toThrow(InputError);
    expect(() => readNpy(bytes, 'x.npy')).toThrow(message);
  });

  it('refuses data that does not fill its shape', () => {
    expect(() => writeNpy({ shape: [2], data: new Float32Array(3) })).toThrow(InputError);
  });
});
