import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { alwaysTile } from '../../kernels/matmul/tuned.test-data';
import { keepTuning, keptTuning } from './tuning-store';

const adapter = { vendor: 'intel', architecture: 'xe', description: 'driver 1', software: false };
let folder = '';

beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), 'tuning-')), 'tuning');
});
afterEach(() => rmSync(dirname(folder), { recursive: true, force: true }));

test('a tuning is kept for its adapter alone, and replaced by the next', () => {
  expect(keptTuning(adapter, folder)).toBeNull();
  keepTuning(adapter, alwaysTile(adapter, 64), folder);
  keepTuning(adapter, alwaysTile(adapter, 16), folder);
  expect(keptTuning(adapter, folder)).toEqual(alwaysTile(adapter, 16));
  expect(keptTuning({ ...adapter, description: 'driver 2' }, folder)).toBeNull();
  expect(readdirSync(folder)).toHaveLength(1);
});

test('a damaged file is left out, with one line that says how to make another', () => {
  const path = keepTuning(adapter, alwaysTile(adapter, 64), folder);
  writeFileSync(path, '{');
  const lines: string[] = [];
  expect(keptTuning(adapter, folder, (line) => lines.push(line))).toBeNull();
  expect(lines).toEqual([expect.stringMatching(/its file is damaged; tune again with lab bench tune$/)]);
});

test('a folder that cannot be written is named', () => {
  writeFileSync(folder, '');
  expect(() => keepTuning(adapter, alwaysTile(adapter, 64), folder)).toThrow(/expected a folder that can be written$/);
});
