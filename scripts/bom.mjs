// `npm run bom`: the bill of materials, as CycloneDX 1.6 JSON: every package that package-lock.json names, with its
// version, licence and hash. The build writes the same beside the built page (`bom-plugin.ts`).
import { readFileSync, realpathSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { repositoryRoot } from './vulkan.mjs';

const ALGORITHMS = { sha1: 'SHA-1', sha256: 'SHA-256', sha384: 'SHA-384', sha512: 'SHA-512' };

/** The name of the package that lies at a path of the lock, which may be inside another: `node_modules/a/node_modules/@b/c`. */
const nameAt = (path) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);

/** Package URL, https://github.com/package-url: a scope's @ is escaped. */
const purlOf = (name, version) => `pkg:npm/${name.replace(/^@/, '%40')}@${version}`;

/** `sha512-BASE64`, one or more of them, as CycloneDX has hashes. */
const hashesOf = (integrity) =>
  integrity.split(' ').map((hash) => {
    const [, algorithm, base64] = /^(\w+)-(.+)$/.exec(hash) ?? [];
    return { alg: ALGORITHMS[algorithm], content: Buffer.from(base64, 'base64').toString('hex') };
  });

/**
 * The folder from which Node resolves a package for the one at `from`: beside it, or beside one of the packages around
 * it.
 */
function resolved(packages, from, name) {
  for (let at = from; ; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    const path = at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`;
    if (packages[path]) return path;
    if (at === '') return null;
    if (!at.includes('/node_modules/')) at = '';
  }
}

/**
 * The bill of materials of a lock file, which is the same whenever it is made: it holds no date and no random number.
 *
 * @param lock package-lock.json, version 3
 * @returns CycloneDX 1.6. Scope `required`: the built page is made of it, or may be; `optional`: the command line (Dawn),
 *   building and testing
 * @throws Error for a package without a version or a hash
 */
export function billOf(lock) {
  const { '': project, ...packages } = lock.packages;
  const refs = new Map();
  for (const [path, { version, integrity }] of Object.entries(packages)) {
    if (!version || !integrity) throw new Error(`package-lock.json: ${path} has no version or no hash`);
    refs.set(path, `${purlOf(nameAt(path), version)}#${path}`);
  }
  const top = `${project.name}@${project.version}`;
  const wants = (path, { dependencies, optionalDependencies, devDependencies }) =>
    Object.keys({ ...dependencies, ...optionalDependencies, ...devDependencies })
      .map((name) => refs.get(resolved(packages, path, name)))
      .filter((ref) => ref !== undefined)
      .sort();
  return {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    version: 1,
    metadata: {
      component: {
        type: 'application',
        'bom-ref': top,
        name: project.name,
        version: project.version,
        licenses: [{ license: { id: project.license } }],
      },
    },
    components: Object.entries(packages).map(([path, { version, integrity, license, dev }]) => {
      const name = nameAt(path);
      const [group, bare] = name.startsWith('@') ? name.split('/') : [null, name];
      // An expression such as `(MIT OR CC0-1.0)` has a field of its own.
      const licenses = !license ? [] : [/[ ()]/.test(license) ? { expression: license } : { license: { id: license } }];
      return {
        type: 'library',
        'bom-ref': refs.get(path),
        ...(group === null ? {} : { group }),
        name: bare,
        version,
        scope: dev ? 'optional' : 'required',
        hashes: hashesOf(integrity),
        ...(licenses.length === 0 ? {} : { licenses }),
        purl: purlOf(name, version),
      };
    }),
    dependencies: [
      { ref: top, dependsOn: wants('', project) },
      ...Object.entries(packages).map(([path, entry]) => {
        const dependsOn = wants(path, { ...entry, devDependencies: {} });
        return dependsOn.length > 0 ? { ref: refs.get(path), dependsOn } : { ref: refs.get(path) };
      }),
    ],
  };
}

/** The bill of this tree, as the text of a file. */
export function bill() {
  const lock = JSON.parse(readFileSync(join(repositoryRoot, 'package-lock.json'), 'utf8'));
  return `${JSON.stringify(billOf(lock), null, 1)}\n`;
}

// Started, not imported; the path it was started by may hold a symbolic link.
if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) process.stdout.write(bill());
