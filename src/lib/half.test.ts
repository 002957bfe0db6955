import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bfloat16ToFloat32, float16ToFloat32, float32ToBfloat16, float32ToFloat16 } from './half';

const everyPattern = Uint16Array.from({ length: 65536 }, (_, i) => i);
const formats = [
  { name: 'F16', read: float16ToFloat32, write: float32ToFloat16 },
  { name: 'BF16', read: bfloat16ToFloat32, write: float32ToBfloat16 },
];

describe.each(formats)('$name', ({ read, write }) => {
  const values = read(everyPattern);
  const finite = [...values].filter((v) => Number.isFinite(v)).sort((a, b) => a - b);

  it('keeps every bit pattern but those of NaN', () => {
    const back = write(values);
    const again = read(back);
    const changed = everyPattern.filter((bits) => back[bits] !== bits && !Number.isNaN(values[bits]!));
    expect([...changed]).toEqual([]);
    expect(everyPattern.filter((bits) => Number.isNaN(values[bits]!) && !Number.isNaN(again[bits]!))).toHaveLength(0);
  });

  it('rounds to the nearest, halfway to the even pattern', () => {
    for (let i = 0; i + 1 < finite.length; i += 31) {
      const [low, high] = [finite[i]!, finite[i + 1]!];
      if (low === high) continue; // −0 and 0
      const middle = (low + high) / 2;
      if (Math.fround(middle) !== middle) continue;
      const bits = write(Float32Array.of(middle))[0]!;
      expect(bits & 1, `${middle}`).toBe(0);
      const rounded = read(Uint16Array.of(bits))[0]!;
      expect([low, high]).toContain(rounded);
    }
  });

  it('is never further away than a neighbour', () => {
    fc.assert(
      fc.property(fc.float({ noNaN: true, noDefaultInfinity: true, min: -60000, max: 60000 }), (value) => {
        const rounded = read(write(Float32Array.of(value)))[0]!;
        const bits = write(Float32Array.of(value))[0]!;
        for (const other of [bits - 1, bits + 1]) {
          const neighbour = read(Uint16Array.of(other & 0xffff))[0]!;
          if (Number.isFinite(neighbour)) {
            expect(Math.abs(rounded - value)).toBeLessThanOrEqual(Math.abs(neighbour - value));
          }
        }
      }),
    );
  });
});

it('overflows to infinity as PyTorch does', () => {
  expect([...float32ToFloat16(Float32Array.of(65504, 65519.996, 65520, -1e9, Infinity))]).toEqual([
    0x7bff, 0x7bff, 0x7c00, 0xfc00, 0x7c00,
  ]);
  expect([...float32ToBfloat16(Float32Array.of(3.4e38, -Infinity, 1.00390625, 1.01171875))]).toEqual([
    0x7f80, 0xff80, 0x3f80, 0x3f82,
  ]);
});
