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

  it('puts other code in the place of a line where its constant is 1', () => {
    const lines = [
      '// HALF: enable f16;',
      'const HALF = 0u; // specialised: 1: halves',
      'alias X = f32; // HALF: alias X = f16;',
    ];
    expect(specialise('kernel', lines.join('\n'), { HALF: 0 })).toBe(lines.join('\n'));
    expect(specialise('kernel', lines.join('\n'), { HALF: 1 })).toBe(
      ['enable f16;', 'const HALF = 1u; // specialised: 1: halves', 'alias X = f16;'].join('\n'),
    );
  });

  it('writes marked loops out, up to their constant', () => {
    const loop = [
      'const VECS = 4u; // specialised',
      'fn f() {',
      '  for (var c = 0u; c < VECS; c++) { // unrolled',
      '    sum[c] += x;',
      '  }',
      '}',
    ];
    expect(specialise('kernel', loop.join('\n'), { VECS: 2 })).toBe(
      [
        'const VECS = 2u; // specialised',
        'fn f() {',
        '  {',
        '    const c = 0u;',
        '    sum[c] += x;',
        '  }',
        '  {',
        '    const c = 1u;',
        '    sum[c] += x;',
        '  }',
        '}',
      ].join('\n'),
    );
    expect(() => specialise('kernel', loop.join('\n'), {})).toThrow(/kernel.*VECS/);
  });
});
