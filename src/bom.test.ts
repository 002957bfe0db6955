import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { packageOf } from '../scripts/bom-plugin.ts';
import { billOf, type Bill } from '../scripts/bom.mjs';
import { repositoryRoot } from '../scripts/vulkan.mjs';

type Wanted = Record<string, string>;
type Lock = { packages: Record<string, { version: string; dependencies?: Wanted; devDependencies?: Wanted }> };

const read = (name: string): unknown => JSON.parse(readFileSync(join(repositoryRoot, name), 'utf8'));
const lock = read('package-lock.json') as Lock;
const project = read('package.json') as { dependencies: Wanted; devDependencies: Wanted };

test('every package is pinned: package.json names one version, and it is the locked one', () => {
  for (const wanted of ['dependencies', 'devDependencies'] as const) {
    expect(lock.packages['']?.[wanted]).toEqual(project[wanted]);
    for (const [name, version] of Object.entries(project[wanted]))
      expect(lock.packages[`node_modules/${name}`]?.version, name).toBe(version);
  }
});

test('the lock names no registry: packages come from the one that is set, and their hashes say whether they are the same', () => {
  const text = readFileSync(join(repositoryRoot, 'package-lock.json'), 'utf8');
  expect(text).not.toContain('"resolved"');
});

test('the bill has every locked package with its hash, and every arrow in it leads somewhere', () => {
  const { components, dependencies, metadata } = billOf(lock);
  expect(components).toHaveLength(Object.keys(lock.packages).length - 1);
  const refs = new Set([metadata.component['bom-ref'], ...components.map((component) => component['bom-ref'])]);
  expect(refs.size).toBe(components.length + 1);
  expect(new Set(dependencies.map(({ ref }) => ref))).toEqual(refs);
  for (const { dependsOn = [] } of dependencies) for (const ref of dependsOn) expect(refs).toContain(ref);
  for (const { hashes, name } of components)
    for (const { alg, content } of hashes) expect(content, name).toHaveLength(alg === 'SHA-512' ? 128 : 40);
  const react = components.find(({ name, group }) => name === 'react' && group === undefined);
  expect(react).toMatchObject({
    scope: 'required',
    purl: `pkg:npm/react@${project.dependencies['react']}`,
    licenses: [{ license: { id: 'MIT' } }],
  });
  expect(components.find(({ purl }) => purl.startsWith('pkg:npm/%40eslint/js@'))?.scope).toBe('optional');
});

test('a package requires the version that is nested in it, else the one at the top', () => {
  const integrity = `sha512-${Buffer.alloc(64).toString('base64')}`;
  const { dependencies }: Bill = billOf({
    packages: {
      '': { name: 'top', version: '1.0.0', license: 'MIT', dependencies: { a: '1.0.0', c: '1.0.0' } },
      'node_modules/a': { version: '1.0.0', integrity, dependencies: { b: '^2.0.0', c: '*' } },
      'node_modules/a/node_modules/b': { version: '2.0.0', integrity, dependencies: { c: '*' } },
      'node_modules/b': { version: '1.0.0', integrity, dev: true },
      'node_modules/c': { version: '1.0.0', integrity },
    },
  });
  const c = 'pkg:npm/c@1.0.0#node_modules/c';
  const b = 'pkg:npm/b@2.0.0#node_modules/a/node_modules/b';
  expect(dependencies.map(({ dependsOn }) => dependsOn)).toEqual([
    ['pkg:npm/a@1.0.0#node_modules/a', c],
    [b, c],
    [c],
    undefined,
    undefined,
  ]);
  expect(() => billOf({ packages: { '': { name: 'top' }, 'node_modules/a': { version: '1.0.0' } } })).toThrow(
    'package-lock.json: node_modules/a has no version or no hash',
  );
});

test("a module's package is found by its path", () => {
  expect(packageOf('/x/node_modules/a/node_modules/@b/c/dist/d.js?commonjs')).toBe('@b/c');
  expect(packageOf('C:\\x\\node_modules\\react\\index.js')).toBe('react');
  expect(packageOf('/x/src/ui/app.tsx')).toBeNull();
});
