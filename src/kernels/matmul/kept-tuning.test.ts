import { describe, expect, test } from 'vitest';
import { readTuning, tuningName } from './kept-tuning';
import { alwaysTile } from './tuned.test-data';

const adapter = { vendor: 'nvidia', architecture: 'ampere', description: 'driver 1', software: false };
const tuning = alwaysTile(adapter, 32);
const text = JSON.stringify(tuning);

function read(kept: string | null, of = adapter) {
  const notices: string[] = [];
  return { found: readTuning(kept, of, (why) => notices.push(why)), notices };
}

describe('a kept tuning', () => {
  test('is read for its own adapter', () => {
    expect(read(text)).toEqual({ found: tuning, notices: [] });
  });

  test('is none where there is no file, without a message', () => {
    expect(read(null)).toEqual({ found: null, notices: [] });
  });

  test.each([
    ['of another adapter', text, { ...adapter, architecture: 'turing' }, /another adapter; tune again$/],
    ['of another driver', text, { ...adapter, description: 'driver 2' }, /another adapter/],
    ['that is cut off', text.slice(0, -20), adapter, /its file is damaged/],
    ['that is another file', '{"adapter":{}}', adapter, /its file is damaged/],
    ['with a time that is none', text.replace(':10,', ':-1,'), adapter, /its file is damaged/],
    ['of other kernels', JSON.stringify({ ...tuning, kernels: '0123' }), adapter, /the kernels have changed since/],
  ])('%s is not used, and says so', (_, kept, of, why) => {
    const { found, notices } = read(kept, of);
    expect(found).toBeNull();
    expect(notices).toEqual([expect.stringMatching(why)]);
  });

  test('is never used on a CPU adapter', () => {
    const software = { ...adapter, software: true };
    expect(read(text, software)).toEqual({ found: null, notices: [] });
  });

  test('has a name for each adapter', () => {
    expect(tuningName(adapter)).toMatch(/^[0-9a-f]{16}\.json$/);
    expect(tuningName({ ...adapter, description: 'driver 2' })).not.toBe(tuningName(adapter));
  });
});
