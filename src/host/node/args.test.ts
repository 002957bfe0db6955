import { describe, expect, it } from 'vitest';
import { InputError } from '../../lib/errors';
import { Arguments, type ArgumentSpec } from './args';

const spec: ArgumentSpec = {
  usage: 'run SESSION --out DIR [--set path=value …] [--resume]',
  positionals: ['SESSION'],
  flags: { out: 'value', set: 'values', resume: 'switch', temperature: 'value', steps: 'value' },
};
const parse = (...argv: string[]): Arguments => new Arguments(argv, spec);

describe('Arguments', () => {
  it('reads flags in any order', () => {
    const args = parse('--set', 'a=1', 's.json', '--out=dir', '--set=b=2', '--resume', '--temperature', '-1');
    expect(args.positionals).toEqual(['s.json']);
    expect(args.required('out')).toBe('dir');
    expect(args.all('set')).toEqual(['a=1', 'b=2']);
    expect(args.has('resume')).toBe(true);
    expect(args.number('temperature', { fallback: 0, min: -5, max: 5 })).toBe(-1);
    expect(args.integer('steps', { fallback: 7, min: 1, max: 9 })).toBe(7);
  });

  it('takes positionals after --, and a text that looks like a flag', () => {
    expect(parse('--', '--odd').positionals).toEqual(['--odd']);
    expect(parse('s', '--out=--set').required('out')).toBe('--set');
    expect(parse('s', '--out', '').text('out')).toBe('');
  });

  it('takes one or more of a last positional that ends in …', () => {
    const many: ArgumentSpec = { usage: 'check FIXTURE_DIR…', positionals: ['FIXTURE_DIR…'] };
    expect(new Arguments(['a', 'b', 'c'], many).positionals).toEqual(['a', 'b', 'c']);
    expect(() => new Arguments([], many)).toThrow('FIXTURE_DIR…: missing, expected: lab check FIXTURE_DIR…');
  });

  it.each([
    [['s', '--nope'], /^--nope: unknown flag, expected: lab run SESSION/],
    [['s', '--nope=1'], /unknown flag/],
    [['s', '-o', 'x'], /^-o: unknown flag/],
    [['s', '--toString', 'x'], /unknown flag/],
    [['s', '--no-resume'], /unknown flag/],
    [['s', '--out'], /^--out: no value/],
    [['s', '--out', '--set', 'a=1'], /^--out: no value/],
    [['s', '--out', 'a', '--out', 'b'], /^--out: given twice/],
    [['s', '--resume=yes'], /takes no value/],
    [['s', 't'], /^"t": unexpected argument/],
    [[], /^SESSION: missing/],
  ])('refuses %j', (argv, message) => {
    expect(() => parse(...argv)).toThrow(InputError);
    expect(() => parse(...argv)).toThrow(message);
  });

  it.each(['', 'x', '1e', '0x10', 'NaN', 'Infinity', '10.5', ' 1'])('refuses %j as a bounded number', (text) => {
    expect(() => parse('s', `--temperature=${text}`).number('temperature', { fallback: 0, min: 0, max: 10 })).toThrow(
      /expected a number from 0 to 10/,
    );
    expect(() => parse('s', `--steps=${text}`).integer('steps', { fallback: 0, min: 0, max: 10 })).toThrow(
      /expected a whole number from 0 to 10/,
    );
  });

  it('names the words of a choice', () => {
    expect(parse('s').choice('out', ['on', 'off'])).toBe('on');
    expect(parse('s', '--out', 'off').choice('out', ['on', 'off'])).toBe('off');
    expect(() => parse('s', '--out', 'of').choice('out', ['on', 'off'])).toThrow('--out: "of", expected on or off');
  });

  it('says which required flag is missing or empty', () => {
    expect(() => parse('s').required('out')).toThrow(/^--out: missing/);
    expect(() => parse('s', '--out=').required('out')).toThrow(/^--out: empty/);
  });
});
