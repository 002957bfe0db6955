import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest, shown } from './text';

const word = fc.string({ maxLength: 8 });

describe('editDistance', () => {
  it('counts edits', () => {
    expect(editDistance('kitten', 'sitting')).toBe(3);
    expect(editDistance('', 'abc')).toBe(3);
  });

  it('is a metric', () => {
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, a)).toBe(0);
        expect(editDistance(a, b)).toBe(editDistance(b, a));
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      }),
    );
  });
});

describe('nearest', () => {
  it('finds the near miss', () => {
    expect(nearest('sft.step', ['seed', 'sft.steps', 'grpo.steps'])).toBe('sft.steps');
    expect(nearest('x', [])).toBeUndefined();
  });
});

describe('shown', () => {
  it('stays short and printable', () => {
    fc.assert(
      fc.property(fc.anything(), (value) => {
        const text = shown(value);
        expect(text.length).toBeLessThanOrEqual(60);
        expect(text).toMatch(/^[\x20-\x7e…]*$/);
      }),
    );
    expect(shown('é')).toBe('"\\u{e9}"');
    expect(shown([1, 2])).toBe('[1,2]');
  });
});
