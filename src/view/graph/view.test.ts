import { describe, expect, test } from 'vitest';
import { fitCamera, nearestPoint, nearestTowards, pan, toPlane, toScreen, zoom } from './camera';
import { colorDocuments, parseHex, rampColor, topicColor } from './coloring';
import { GraphHistory } from './history';
import { hopsOf } from './path';
import { budgetOf, END, motionAt, phaseAt, PHASES } from './phases';

const size = { width: 400, height: 200 };
const points = Float32Array.of(0, 0, 2, 0, 0, 1, -3, -1, 2.2, 1.9);

describe('camera', () => {
  const home = fitCamera(points, size, 44);
  test('fits everything in view', () => {
    for (let i = 0; i < points.length; i += 2) {
      const [left, top] = toScreen(home, size, points[i]!, points[i + 1]!);
      expect([left > 0, left < 400, top > 0, top < 200]).toEqual([true, true, true, true]);
    }
    expect(fitCamera(new Float32Array(0), size, 44)).toEqual({ x: 0, y: 0, scale: 1 });
  });
  test('zooms about the pointer, moves by pixels, and keeps within limits', () => {
    const near = zoom(home, size, 3, 100, 50, home);
    toPlane(near, size, 100, 50).forEach((x, i) => expect(x).toBeCloseTo(toPlane(home, size, 100, 50)[i]!, 10));
    expect(near.scale).toBeCloseTo(3 * home.scale);
    expect(zoom(home, size, 1e9, 0, 0, home).scale).toBe(200 * home.scale);
    expect(zoom(home, size, 1e-9, 0, 0, home).scale).toBe(0.5 * home.scale);
    const [left, top] = toScreen(pan(home, 30, -20), size, 0, 0);
    const [l, t] = toScreen(home, size, 0, 0);
    expect([left - l, top - t]).toEqual([expect.closeTo(30), expect.closeTo(-20)]);
  });
  test('finds what is under the pointer and what lies in a direction', () => {
    const [left, top] = toScreen(home, size, 2, 0);
    expect(nearestPoint(points, home, size, left + 3, top - 3, 8)).toBe(1);
    expect(nearestPoint(points, home, size, left + 30, top - 3, 8)).toBe(-1);
    expect([nearestTowards(points, 0, 'right'), nearestTowards(points, 0, 'up'), nearestTowards(points, 0, 'left'), nearestTowards(points, 0, 'down')]).toEqual([1, 2, 3, -1]); // prettier-ignore
  });
});

describe('phases', () => {
  test('come in the order of a refresh, each seen in its own', () => {
    expect(PHASES.map(({ id }) => id)).toEqual(['search', 'encode', 'compensate', 'link', 'again', 'score']);
    expect([0, 0.99, 1, 5.5, END].map(phaseAt)).toEqual([0, 0, 1, 5, 5]);
    // What happens later has not begun when a phase begins, and what came before is over.
    const [encode, compensate, link, again, score] = [1, 2, 3, 4, 5].map(motionAt);
    expect(encode).toMatchObject({ path: 1, region: 0, drift: 0, rest: 0, added: 0, found: 0 });
    expect(compensate).toMatchObject({ region: 1, rest: 0, removedTint: 0, added: 0 });
    expect(link).toMatchObject({ rest: 1, removedTint: 0, added: 0, found: 0 });
    expect(again).toMatchObject({ removedTint: 1, found: 0, score: 0 });
    expect(again!.added).toBeGreaterThan(0.9);
    expect(score).toMatchObject({ found: 1, score: 0 });
    expect(motionAt(END)).toMatchObject({ region: 1, rest: 1, pulse: 0, path: 1, found: 1, score: 1 });
    expect(motionAt(1.5).pulse).toBeCloseTo(1);
  });
  test('the budget accounts for every document', () => {
    const refresh = { reencoded: Int32Array.of(1, 2, 3), compensated: { count: 90, mean_drift: 0 } };
    expect(budgetOf(refresh, 100)).toEqual({ reencoded: 3, compensated: 90, untouched: 7 });
  });
});

test('a path is a tree: each document hangs on the last before it that led there', () => {
  const edges = new Map([[5, [7, 9]], [7, [9]], [9, [2, 5]]]); // prettier-ignore
  const hops = hopsOf([5, 7, 9, 4, 2], (from) => edges.get(from) ?? []);
  expect(hops).toEqual([
    { from: 5, to: 7, at: 0.25 },
    { from: 7, to: 9, at: 0.5 },
    { from: 9, to: 2, at: 1 },
  ]);
});

/** Relative luminance, WCAG. */
function luminance(hex: string): number {
  const [r, g, b] = parseHex(hex).map((x) =>
    x / 255 <= 0.04045 ? x / 255 / 12.92 : ((x / 255 + 0.055) / 1.055) ** 2.4,
  );
  return 0.2126 * r! + 0.7152 * g! + 0.0722 * b!;
}
const contrast = (a: string, b: string): number => {
  const [high, low] = [luminance(a), luminance(b)].sort((x, y) => y - x);
  return (high! + 0.05) / (low! + 0.05);
};
/** As somebody without red or green cones sees it, roughly (Viénot, Brettel and Mollon 1999). */
function without(cone: 'red' | 'green', hex: string): [number, number, number] {
  const [r, g, b] = parseHex(hex).map((x) => (x / 255) ** 2.2);
  const mixed = cone === 'red' ? 0.11238 * r! + 0.88762 * g! : 0.29275 * r! + 0.70725 * g!;
  const blue = cone === 'red' ? 0.00401 * r! - 0.00401 * g! + b! : -0.02234 * r! + 0.02234 * g! + b!;
  return [mixed, mixed, Math.max(0, blue)].map((x) => x ** (1 / 2.2) * 255) as [number, number, number];
}

describe('colours', () => {
  const grounds = { light: '#ffffff', dark: '#14161a' };
  for (const theme of ['light', 'dark'] as const) {
    test(`ramps differ by lightness alone, and stand off the ground, ${theme}`, () => {
      const lightness = Array.from({ length: 21 }, (_, i) => luminance(rampColor(i / 20, theme)));
      const sorted = lightness.toSorted((a, b) => (theme === 'light' ? b - a : a - b));
      expect(lightness).toEqual(sorted);
      expect(contrast(rampColor(1, theme), grounds[theme])).toBeGreaterThan(7);
      expect(contrast(rampColor(0, theme), grounds[theme])).toBeGreaterThan(1.8);
    });
    test(`topics stay apart without red or green cones, ${theme}`, () => {
      for (let a = 0; a < 8; a++) {
        expect(contrast(topicColor(a, theme), grounds[theme]), topicColor(a, theme)).toBeGreaterThan(3);
        for (let b = 0; b < a; b++) {
          for (const cone of ['red', 'green'] as const) {
            const [x, y] = [without(cone, topicColor(a, theme)), without(cone, topicColor(b, theme))];
            const apart = Math.hypot(...x.map((value, i) => value - y[i]!));
            expect(apart, `${topicColor(a, theme)} and ${topicColor(b, theme)} without ${cone}`).toBeGreaterThan(20);
          }
        }
      }
    });
  }
  test('documents are coloured by what is known of them', () => {
    const start = { step: 3, degree_bound: 2, counts: new Int32Array(3), neighbours: new Int32Array(0) };
    const history = new GraphHistory(start);
    history.add({
      step: 5,
      reencoded: [{ doc: 1, drift: 0.2, age: 2 }],
      added: [[0, 1]],
      removed: [],
      compensated: { count: 0, mean_drift: 0 },
      searches: [{ query: '', completion: 0, path: [], found: [2], wanted: [2], rank_before: 4, rank_after: 3 }],
      recall: null,
      reward_error: null,
    });
    const state = history.at(1);
    const packed = (hex: string) => {
      const [r, g, b] = parseHex(hex);
      return (r | (g << 8) | (b << 16) | (255 << 24)) >>> 0;
    };
    const age = colorDocuments('age', state, [], 'light');
    expect([age.top, ...age.colors]).toEqual([2, packed(rampColor(0, 'light')), packed(rampColor(1, 'light')), packed(rampColor(0, 'light'))]); // prettier-ignore
    const drift = colorDocuments('drift', state, [], 'dark');
    expect(drift.top).toBeCloseTo(0.2);
    expect([drift.colors[0] === drift.colors[2], drift.colors[1]]).toEqual([true, packed(rampColor(1, 'dark'))]);
    expect(colorDocuments('reward', state, [], 'light').colors[2]).toBe(packed(rampColor(128 / 255, 'light')));
    expect([...colorDocuments('topic', state, [0, 9, 1], 'light').colors]).toEqual([0, 1, 1].map((topic) => packed(topicColor(topic, 'light')))); // prettier-ignore
  });
});
