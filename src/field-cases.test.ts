import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { repositoryRoot } from '../scripts/vulkan.mjs';
import { expectTest, namedTests } from './named-tests.test-data';

const PAGE = 'docs/field-cases.md';
const rows = readFileSync(join(repositoryRoot, PAGE), 'utf8')
  .split('\n')
  .filter((line) => /^\| \d+ /.test(line));

describe('every case of the field names tests that are there', () => {
  it.each(namedTests(PAGE))('%s: %s', expectTest);

  it('and no row of the tables is without one', () => {
    expect(rows.length).toBe(61);
    expect(rows.filter((row) => !/`[^`]+`: "[^"]+"/.test(row))).toEqual([]);
  });
});

// Hashes are over bytes: a checkout on Windows must not change the ends of lines.
it('line ends of data and code are those of the repository in any checkout', () => {
  const files = execFileSync('git', ['ls-files', 'public', 'src/tasks', 'shaders'], { cwd: repositoryRoot, encoding: 'utf8' }); // prettier-ignore
  const text = files.split('\n').filter((name) => /\.(json|jsonl|tsv|csv|txt|ts|wgsl)$/.test(name));
  expect(text.length).toBeGreaterThan(50);
  const asked = ['-c', 'core.autocrlf=true', 'check-attr', '--stdin', 'eol'];
  const told = execFileSync('git', asked, { cwd: repositoryRoot, encoding: 'utf8', input: text.join('\n') });
  const others = told.trim().split('\n').filter((line) => !line.endsWith(': eol: lf')); // prettier-ignore
  expect(others).toEqual([]);
});
