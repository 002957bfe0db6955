import js from '@eslint/js';
import { createNodeResolver, importX } from 'eslint-plugin-import-x';
import reactHooks from 'eslint-plugin-react-hooks';
import tseslint from 'typescript-eslint';
import { engineFolders, importZones } from './scripts/layers.mjs';

const TESTS = ['src/**/*.test.{ts,tsx}', 'src/**/testing.ts', 'src/**/{test-data,*.test-data}.ts'];
// The self-test of a device computes its cases by them, on the spot.
const REFERENCES = ['src/**/*.reference.ts', 'src/*/reference/**', 'src/training/self-test/fixtures.ts'];
const engine = engineFolders.map((folder) => `src/${folder}/**/*.{ts,tsx}`);

/** What belongs to a page, a component or Node, and so has no place in the engine. */
const HOST_GLOBALS = ['document', 'window', 'localStorage', 'sessionStorage', 'location', 'process', 'Buffer'].map(
  (name) => ({ name, message: 'The engine runs in a worker and on the command line: it has no page and no Node.' }),
);
const HOST_IMPORTS = {
  regex: '^(node:.*|fs|path|os|react|react-dom|react/.*|react-dom/.*|zustand|comlink|radix-ui|uplot|webgpu)$',
  message: 'The engine has no DOM, no React and no Node in it.',
};
const TEST_IMPORTS = {
  regex: '(\\.reference|/reference/[^/]+|/testing|[/.]test-data)(\\.ts)?$',
  message: 'References and test helpers are imported by tests alone.',
};
const TYPES_ONLY = {
  regex: 'host/browser/api(\\.ts)?$',
  allowTypeImports: true,
  message: "Only the types of the worker's API are shared; the store is handed a client.",
};
const restrictImports = (...patterns) => ['error', { patterns }];

export default tseslint.config(
  // wgsl.d.ts is made of the shaders; a test compares. types/ is the engine's alone, which has a project of its own.
  {
    ignores: [
      'src/wgsl.d.ts',
      'types/',
      'dist/',
      'node_modules/',
      '.cache/',
      '.vulkan/',
      '.python/',
      '.models/',
      'runs/',
      'test-results/',
      'playwright-report/',
    ],
  },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  ...tseslint.configs.strictTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [createNodeResolver({ extensions: ['.ts', '.tsx', '.mjs', '.js', '.wgsl'] })],
    },
    rules: {
      eqeqeq: 'error',
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      // `array[i]!` is how hot numeric loops read typed arrays: see docs/architecture.md.
      '@typescript-eslint/no-non-null-assertion': 'off',
      // Against noUncheckedIndexedAccess and data from outside it objects to checks that are wanted.
      '@typescript-eslint/no-unnecessary-condition': 'off',
    },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    rules: { 'max-lines': ['error', { max: 400 }] },
  },
  {
    files: ['src/**/*.tsx', 'src/ui/**/*.ts'],
    ...reactHooks.configs.flat.recommended,
  },
  {
    // Imports run one way; tests may reach across.
    files: ['src/**/*.{ts,tsx}'],
    ignores: TESTS,
    rules: { 'import-x/no-restricted-paths': ['error', { zones: importZones(import.meta.dirname) }] },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    ignores: [...TESTS, ...REFERENCES],
    rules: { '@typescript-eslint/no-restricted-imports': restrictImports(TEST_IMPORTS) },
  },
  {
    files: engine,
    ignores: [...TESTS, ...REFERENCES],
    rules: { '@typescript-eslint/no-restricted-imports': restrictImports(TEST_IMPORTS, HOST_IMPORTS) },
  },
  {
    files: engine,
    ignores: TESTS,
    rules: { 'no-restricted-globals': ['error', ...HOST_GLOBALS] },
  },
  {
    files: ['src/store/**/*.ts', 'src/view/**/*.{ts,tsx}'],
    ignores: TESTS,
    rules: { '@typescript-eslint/no-restricted-imports': restrictImports(TEST_IMPORTS, TYPES_ONLY) },
  },
  {
    // Plain scripts and configurations run as they stand, without types.
    files: ['**/*.{js,mjs}'],
    ...tseslint.configs.disableTypeChecked,
    languageOptions: {
      ...tseslint.configs.disableTypeChecked.languageOptions,
      globals: Object.fromEntries(
        ['process', 'console', 'URL', 'setTimeout', 'clearTimeout', 'fetch', 'Buffer', 'performance'].map((name) => [
          name,
          'readonly',
        ]),
      ),
    },
  },
);
