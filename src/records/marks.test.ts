import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compareMarks, MARKS_PATTERN, markedSteps, marksOf } from './marks';

const chain = fc.array(
  fc.nat(2 ** 48 - 1).map((n) => n.toString(16).padStart(12, '0')),
  { minLength: 1, maxLength: 100 },
);

describe('marks of a run', () => {
  it('lie evenly over its steps and end with the last', () => {
    expect(markedSteps(480)).toEqual([60, 120, 180, 240, 300, 360, 420, 480]);
    expect(markedSteps(3)).toEqual([1, 2, 3]);
    expect(markedSteps(1)).toEqual([1]);
  });

  it('are spelt as a claim takes them, and agree with their own run', () => {
    fc.assert(
      fc.property(chain, (links) => {
        const marks = marksOf(links);
        expect(marks).toMatch(MARKS_PATTERN);
        expect(compareMarks(marks, links.length, links)).toEqual({ agrees: links.length, parted: null, next: null });
      }),
    );
  });

  it('tell how far a run that goes on agrees, and when the next comparison comes', () => {
    const links = Array.from({ length: 80 }, (_, i) => i.toString(16).padStart(12, '0').split('').reverse().join(''));
    const marks = marksOf(links);
    expect(compareMarks(marks, 80, [])).toEqual({ agrees: 0, parted: null, next: 10 });
    expect(compareMarks(marks, 80, links.slice(0, 35))).toEqual({ agrees: 30, parted: null, next: 40 });
    // A tab that came late knows the later ones alone.
    const late = links.map((link, i) => (i < 35 ? undefined : link)).slice(0, 45);
    expect(compareMarks(marks, 80, late)).toEqual({ agrees: 40, parted: null, next: 50 });
  });

  it('tell between which steps two runs parted', () => {
    const links = Array.from({ length: 80 }, (_, i) => `${(i + 4096).toString(16)}00000000`);
    const other = links.map((link, i) => (i < 34 ? link : `f${link.slice(1)}`));
    expect(compareMarks(marksOf(links), 80, other)).toEqual({ agrees: 30, parted: 40, next: null });
    expect(compareMarks(marksOf(links), 80, other.slice(0, 36))).toEqual({ agrees: 30, parted: null, next: 40 });
  });
});
