import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ESLint } from 'eslint';
import { describe, expect, test } from 'vitest';
import { unlistedFolders } from '../scripts/layers.mjs';

const root = fileURLToPath(new URL('..', import.meta.url));
// Rules that need types are off: the files linted here exist in memory only.
const eslint = new ESLint({
  cwd: root,
  ruleFilter: ({ ruleId }) => /import|globals|max-lines/.test(ruleId) && !ruleId.includes('consistent'),
  overrideConfig: { languageOptions: { parserOptions: { projectService: false, project: false } } },
});

async function broken(file: string, code: string): Promise<string[]> {
  const results = await eslint.lintText(code, { filePath: join(root, 'src', file) });
  const messages = results.flatMap((result) => result.messages);
  expect(messages.filter(({ fatal }) => fatal)).toEqual([]);
  return messages.flatMap(({ ruleId }) => ruleId ?? []);
}

const PATHS = 'import-x/no-restricted-paths';
const IMPORTS = '@typescript-eslint/no-restricted-imports';

describe('imports run one way', () => {
  test.each([
    ['lib/probe.ts', "import '../records/records';", PATHS],
    ['gpu/probe.ts', "import '../host/node/device';", PATHS],
    ['tasks/probe.ts', "import '../gpu/testing';", PATHS],
    ['ui/probe.tsx', "import '../tasks/task';", PATHS],
    ['store/probe.ts', "import '../host/node/device';", PATHS],
    ['store/probe.ts', "import { api } from '../host/browser/api'; api();", IMPORTS],
    ['gpu/probe.ts', "import { readFileSync } from 'node:fs'; readFileSync('x');", IMPORTS],
    ['training/probe.ts', "import { useState } from 'react'; useState();", IMPORTS],
    ['kernels/probe.ts', "import { rmsnorm } from './rmsnorm.reference'; rmsnorm();", IMPORTS],
    ['model/probe.ts', 'document.title;', 'no-restricted-globals'],
  ])('%s may not hold %j', async (file, code, rule) => {
    expect(await broken(file, code)).toContain(rule);
  });

  test.each([
    ['gpu/probe.ts', "import '../lib/errors';"],
    ['training/probe.ts', "import '../lib/errors'; import '../tasks/task'; import '../config/architecture';"],
    ['host/node/probe.ts', "import { readFileSync } from 'node:fs'; import '../../tasks/task'; readFileSync('x');"],
    ['store/probe.ts', "import type { Api } from '../host/browser/api'; export type Other = Api;"],
    [
      'kernels/probe.test.ts',
      "import { readFileSync } from 'node:fs'; import './rmsnorm.reference'; readFileSync('x');",
    ],
  ])('%s may hold %j', async (file, code) => {
    expect(await broken(file, code)).toEqual([]);
  });

  test('a file past 400 lines is reported', async () => {
    expect(await broken('lib/probe.ts', '// line\n'.repeat(401))).toContain('max-lines');
  });

  test('every folder of src stands in the table', () => {
    expect(unlistedFolders(root)).toEqual([]);
  });
});
