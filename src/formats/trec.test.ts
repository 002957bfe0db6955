import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../lib/errors';
import { parseRun, writeRun } from './trec';

const parse = (text: string): ReturnType<typeof parseRun> => parseRun(new TextEncoder().encode(text), 'f');

describe('TREC run files', () => {
  it('are read whatever separates their fields', () => {
    expect(parse('q Q0 d 1 2.5 tag\nq\tQ0\te  2 -1e-3 tag\n')).toEqual(
      new Map([
        [
          'q',
          [
            { id: 'd', score: 2.5 },
            { id: 'e', score: -0.001 },
          ],
        ],
      ]),
    );
  });

  it('keep f32 scores', () => {
    const word = fc.stringMatching(/^\S{1,8}$/).filter((text) => /^\S+$/.test(text));
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.record({ id: word, score: fc.float({ noNaN: true, noDefaultInfinity: true }) }), {
          selector: ({ id }) => id,
          minLength: 1,
        }),
        (documents) => {
          const read = parse(writeRun(new Map([['q', documents]]), 'lab')).get('q') ?? [];
          expect(read.map(({ id }) => id)).toEqual(documents.map(({ id }) => id));
          read.forEach(({ score }, i) => expect(Math.fround(score) - documents[i]!.score).toBe(0));
        },
      ),
    );
  });

  it.each([
    ['', /^f: no lines, expected a TREC run file/],
    ['q Q0 d 1 2.5', /^f, line 1: 5 fields, expected six/],
    ['q Q0 d 1 2.5 t\nq Q0 e 2 high t', /^f, line 2: score is "high", expected a number/],
    ['q Q0 d 1 nan t', /score is "nan"/],
    ['q Q0 d 1 2 t\nr Q0 d 1 2 t\nq Q0 d 2 1 t', /^f, line 3: document "d" again for query "q"/],
  ])('%j is refused', (text, message) => {
    expect(() => parse(text)).toThrow(InputError);
    expect(() => parse(text)).toThrow(message);
  });

  it('cannot carry ids with white space', () => {
    expect(() => writeRun(new Map([['q', [{ id: 'a b', score: 1 }]]]), 't')).toThrow('document "a b"');
    expect(() => writeRun(new Map([['', []]]), 't')).toThrow(InputError);
  });
});
