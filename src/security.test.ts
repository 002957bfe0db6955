import { describe, expect, it } from 'vitest';
import { expectTest, namedTests } from './named-tests.test-data';

const named = namedTests('docs/security.md');

describe('every test that the threat model names is there', () => {
  it.each(named)('%s: %s', expectTest);

  it('which are many', () => {
    expect(named.length).toBeGreaterThan(25);
  });
});
