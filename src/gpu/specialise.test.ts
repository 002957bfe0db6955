import { describe, expect, it } from 'vitest';
import { GpuValidationError } from './errors';
import { specialise } from './specialise';

const source = ['// const DEPTH = 4u;', 'const DEPTH = 16u; // specialised', 'const DEPTHS = 2u;', 'fn f() {}'].join(
  '\n',
);

describe('specialise', () => {
  it('replaces the line of a constant, and keeps its comment', () => {
    expect(specialise('kernel', source, { DEPTH: 8, DEPTHS: 3 })).toBe(
      ['// const DEPTH = 4u;', 'const DEPTH = 8u; // specialised', 'const DEPTHS = 3u;', 'fn f() {}'].join('\n'),
    );
  });

  it('leaves a shader alone where nothing is asked', () => {
    expect(specialise('kernel', source, {})).toBe(source);
  });

  it('names the kernel and the constant that it lacks', () => {
    const wrong = (): string => specialise('rope_forward', source, { WIDTH: 8 });
    expect(wrong).toThrow(GpuValidationError);
    expect(wrong).toThrow(/rope_forward.*WIDTH/);
  });
});
