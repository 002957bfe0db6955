import { describe, expect, it } from 'vitest';
import { Random } from '../../lib/philox';
import { dot, normaliseRows } from '../graph/vectors';
import { applyDrift, fitDrift } from './compensation';

const D = 6;
const random = new Random(1, 'evaluation');
const normal = (length: number, scale = 1): Float32Array =>
  Float32Array.from({ length }, () => scale * random.normal());

describe('fitDrift', () => {
  it('solves the ridge problem: its gradient is 0', () => {
    const stored = normal(9 * D);
    const fresh = normal(9 * D);
    const ridge = 0.7;
    const map = fitDrift(stored, fresh, D, ridge);
    // storedᵀ(stored·W − (fresh − stored)) + ridge·W
    for (let i = 0; i < D; i++) {
      for (let j = 0; j < D; j++) {
        let gradient = ridge * (map[i * D + j] ?? NaN);
        for (let row = 0; row < 9; row++) {
          let error = (stored[row * D + j] ?? NaN) - (fresh[row * D + j] ?? NaN);
          for (let p = 0; p < D; p++) error += (stored[row * D + p] ?? NaN) * (map[p * D + j] ?? NaN);
          gradient += (stored[row * D + i] ?? NaN) * error;
        }
        expect(Math.abs(gradient)).toBeLessThan(1e-10);
      }
    }
  });

  it('is nothing where nothing drifted, and where there is nothing to fit', () => {
    const stored = normal(4 * D);
    expect(fitDrift(stored, stored, D, 1).every((x) => x === 0)).toBe(true);
    expect(fitDrift(new Float32Array(0), new Float32Array(0), D, 1).every((x) => x === 0)).toBe(true);
  });

  it('refuses sizes that do not fit and a ridge of 0', () => {
    expect(() => fitDrift(normal(D), normal(2 * D), D, 1)).toThrow(/expected equal whole rows/);
    expect(() => fitDrift(normal(D), normal(D), D, 0)).toThrow(/ridge is 0/);
  });
});

describe('applyDrift', () => {
  it('carries a linear drift over to documents it was not fitted on', () => {
    const rows = 200;
    const vectors = normaliseRows(normal(rows * D), D);
    const mixing = normal(D * D, 0.2);
    const fresh = new Float32Array(rows * D);
    for (let row = 0; row < rows; row++) {
      for (let j = 0; j < D; j++) {
        let sum = vectors[row * D + j] ?? NaN;
        for (let i = 0; i < D; i++) sum += (vectors[row * D + i] ?? NaN) * (mixing[i * D + j] ?? NaN);
        fresh[row * D + j] = sum;
      }
    }
    normaliseRows(fresh, D);
    const error = (): number => {
      let sum = 0;
      for (let row = 60; row < rows; row++) sum += 1 - dot(vectors, row * D, fresh, row * D, D);
      return sum / (rows - 60);
    };
    const before = error();
    const fitted = vectors.slice(0, 60 * D);
    const skip = new Uint8Array(rows).fill(1, 0, 60);
    const map = fitDrift(fitted, fresh.slice(0, 60 * D), D, 1);
    const { count, mean_drift } = applyDrift(vectors, D, map, skip);
    expect(count).toBe(rows - 60);
    expect(mean_drift).toBeGreaterThan(before / 4);
    expect(error()).toBeLessThan(before / 5);
    expect(vectors.slice(0, 60 * D)).toEqual(fitted);
    for (let row = 60; row < rows; row++) expect(dot(vectors, row * D, vectors, row * D, D)).toBeCloseTo(1, 5);
  });

  it('leaves a row that the map would erase', () => {
    const vectors = Float32Array.of(1, 0);
    const erase = Float64Array.of(-1, 0, 0, -1);
    expect(applyDrift(vectors, 2, erase, new Uint8Array(1))).toEqual({ count: 0, mean_drift: 0 });
    expect([...vectors]).toEqual([1, 0]);
  });
});
