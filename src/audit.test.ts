import { expect, test } from 'vitest';
import { judge } from '../scripts/audit.mjs';

const report = (vulnerabilities: Record<string, object>): string =>
  JSON.stringify({ vulnerabilities, metadata: { vulnerabilities: { total: Object.keys(vulnerabilities).length } } });

test('a known fault of a package fails, by name; a slight one does not', () => {
  const high = { name: 'left-pad', severity: 'high', range: '<1.2' };
  expect(judge(report({ 'left-pad': high }))).toEqual({
    outcome: 'failed',
    says: 'audit: known faults in left-pad <1.2 (high)',
  });
  expect(judge(report({ 'left-pad': { ...high, severity: 'low' } })).outcome).toBe('passed');
  expect(judge(report({})).outcome).toBe('passed');
});

test('a registry that does not answer is said, and fails nothing', () => {
  const refused = JSON.stringify({ message: '405 Method Not Allowed - POST address', error: { summary: '' } });
  expect(judge(refused)).toEqual({
    outcome: 'skipped',
    says: 'audit: the registry did not answer, so nothing is known: 405 Method Not Allowed',
  });
  expect(judge('').outcome).toBe('skipped');
});
