import { expect, it } from 'vitest';
import { adapterWords, speedTable } from './speed-table';

it('a table of speeds says what was measured, and why where it was not', () => {
  const lines = [
    { what: 'product, 512³', milliseconds: 1.23456, rate: { value: 217_654, unit: 'GFLOP/s' } },
    { what: 'writing', milliseconds: null, rate: null, reason: 'no room | none\nat all' },
  ];
  expect(speedTable('a GPU', lines)).toBe(
    [
      'a GPU',
      '',
      '| what | ms | a second |',
      '| --- | --- | --- |',
      '| product, 512³ | 1.23 | 218,000 GFLOP/s |',
      '| writing | not here: no room \\| none at all |  |',
      '',
    ].join('\n'),
  );
});

it('an adapter is named by what the browser tells, if it tells anything', () => {
  const adapter = { vendor: 'apple', architecture: 'metal-3', description: '', software: false };
  expect(adapterWords(adapter)).toBe('apple · metal-3 (hardware)');
  expect(adapterWords({ ...adapter, vendor: '', architecture: '', software: true })).toBe(
    'an adapter that is not named (on the processor)',
  );
});
