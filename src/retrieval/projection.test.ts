import { describe, expect, test } from 'vitest';
import { InputError } from '../lib/errors';
import { Random } from '../lib/philox';
import { alignProjection, fitProjection, project } from './projection';

/** N rows that spread by `spreads` along random orthonormal directions around a centre. */
function cloud(rows: number, spreads: readonly number[], seed = 1) {
  const d = spreads.length;
  const random = new Random(seed, 'task');
  const directions: number[][] = [];
  while (directions.length < d) {
    const next = Array.from({ length: d }, () => random.normal());
    for (const other of directions) {
      const shared = next.reduce((sum, x, i) => sum + x * other[i]!, 0);
      other.forEach((x, i) => (next[i] = next[i]! - shared * x));
    }
    const length = Math.hypot(...next);
    directions.push(next.map((x) => x / length));
  }
  const centre = Array.from({ length: d }, () => random.normal());
  const vectors = new Float32Array(rows * d);
  for (let row = 0; row < rows; row++) {
    const weights = spreads.map((spread) => spread * random.normal());
    for (let i = 0; i < d; i++) {
      vectors[row * d + i] =
        centre[i]! + directions.reduce((sum, direction, k) => sum + weights[k]! * direction[i]!, 0);
    }
  }
  return { vectors, directions, d };
}

const cosine = (a: ArrayLike<number>, b: ArrayLike<number>): number =>
  Array.from(a).reduce((sum, x, i) => sum + x * b[i]!, 0);

/** Distances of a few pairs of points. */
const distances = (points: Float32Array): number[] =>
  Array.from({ length: 20 }, (_, i) => Math.hypot(points[2 * i]! - points[2 * i + 2]!, points[2 * i + 1]! - points[2 * i + 3]!)); // prettier-ignore

describe('fitProjection', () => {
  test('finds the directions of largest variance, whatever order they come in', () => {
    const { vectors, directions, d } = cloud(3000, [0.1, 0.2, 3, 0.3, 2, 0.1, 0.4, 0.2, 0.3, 0.1, 0.2]);
    const { axes } = fitProjection(vectors, d);
    expect(Math.abs(cosine(axes.subarray(0, d), directions[2]!))).toBeGreaterThan(0.999);
    expect(Math.abs(cosine(axes.subarray(d), directions[4]!))).toBeGreaterThan(0.999);
    expect(cosine(axes.subarray(0, d), axes.subarray(d))).toBeCloseTo(0, 10);
    expect(cosine(axes.subarray(d), axes.subarray(d))).toBeCloseTo(1, 10);
  });

  test('explains as much variance as two nearly equal directions allow', () => {
    const { vectors, d } = cloud(2000, [1, 1.001, 1.002, 0.999, 0.2, 0.1]);
    const points = project(vectors, d, fitProjection(vectors, d));
    const variance = [0, 1].map((axis) => {
      const values = points.filter((_, i) => i % 2 === axis);
      return values.reduce((sum, x) => sum + (x * x) / values.length, 0);
    });
    expect(variance[0]).toBeGreaterThan(1);
    expect(variance[0]! - variance[1]!).toBeGreaterThanOrEqual(0);
  });

  test('gives one picture: centred, the same every time, the largest entry of each axis positive', () => {
    const { vectors, d } = cloud(500, [1, 2, 0.5, 0.1], 3);
    const projection = fitProjection(vectors, d);
    expect(fitProjection(vectors, d)).toEqual(projection);
    for (const axis of [projection.axes.subarray(0, d), projection.axes.subarray(d)]) {
      expect(Math.max(...axis)).toBe(Math.max(...Array.from(axis, Math.abs)));
    }
    const points = project(vectors, d, projection);
    expect(points.filter((_, i) => i % 2 === 0).reduce((sum, x) => sum + x, 0)).toBeCloseTo(0, 2);
  });

  test('takes what has no spread at all, and one dimension', () => {
    expect(project(new Float32Array(12).fill(0.5), 4, fitProjection(new Float32Array(12).fill(0.5), 4))).toEqual(new Float32Array(6)); // prettier-ignore
    const line = Float32Array.of(1, 2, 3);
    expect(project(line, 1, fitProjection(line, 1))).toEqual(Float32Array.of(-1, 0, 0, 0, 1, 0));
  });

  test('refuses rows that are not whole', () => {
    expect(() => fitProjection(new Float32Array(5), 2)).toThrow(InputError);
    expect(() => project(new Float32Array(4), 4, { axes: new Float64Array(4), origin: [0, 0] })).toThrow(
      'projection: made for dimension 2, expected 4',
    );
  });
});

describe('alignProjection', () => {
  for (const mirrored of [false, true]) {
    test(`puts a ${mirrored ? 'mirrored' : 'turned'} picture back where it was`, () => {
      const { vectors, d } = cloud(400, [2, 1, 0.3, 0.2], 5);
      const before = fitProjection(vectors, d);
      const [cos, sin, flip] = [Math.cos(2), Math.sin(2), mirrored ? -1 : 1];
      const turned = { axes: before.axes.slice(), origin: [3, -4] as const };
      for (let i = 0; i < d; i++) {
        turned.axes[i] = cos * before.axes[i]! - sin * before.axes[d + i]!;
        turned.axes[d + i] = flip * (sin * before.axes[i]! + cos * before.axes[d + i]!);
      }
      const wanted = project(vectors, d, before);
      const aligned = alignProjection(turned, wanted, project(vectors, d, turned));
      const found = project(vectors, d, aligned);
      wanted.forEach((x, i) => expect(found[i]).toBeCloseTo(x, 4));
    });
  }

  test('stretches nothing, and comes nearer', () => {
    const first = cloud(300, [2, 1.5, 0.3], 7);
    const second = cloud(300, [1, 1.2, 0.9], 8);
    const before = project(first.vectors, 3, fitProjection(first.vectors, 3));
    const anew = fitProjection(second.vectors, 3);
    const after = project(second.vectors, 3, anew);
    const aligned = project(second.vectors, 3, alignProjection(anew, before, after));
    distances(after).forEach((length, i) => expect(distances(aligned)[i]).toBeCloseTo(length, 4));
    const apart = (points: Float32Array) => points.reduce((sum, x, i) => sum + (x - before[i]!) ** 2, 0);
    expect(apart(aligned)).toBeLessThanOrEqual(apart(after));
  });

  test('refuses another number of points', () => {
    const projection = { axes: new Float64Array(4), origin: [0, 0] as const };
    expect(() => alignProjection(projection, new Float32Array(4), new Float32Array(6))).toThrow(InputError);
  });
});
