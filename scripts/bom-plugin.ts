// Writes the bill of materials beside the built page, `bom.cdx.json`, and fails where the page holds a package that it does not
// name.
import type { Plugin } from 'vite';
import { bill, type Bill } from './bom.mjs';

/** The package that a module is part of, or null for one of ours: `/…/node_modules/@a/b/dist/x.js` is of `@a/b`. */
export function packageOf(id: string): string | null {
  const path = id.replaceAll('\\', '/').split('?')[0] ?? '';
  const at = path.lastIndexOf('/node_modules/');
  if (at < 0) return null;
  const [first = '', second = ''] = path.slice(at + '/node_modules/'.length).split('/');
  return first.startsWith('@') ? `${first}/${second}` : first;
}

/**
 * Fails a build that takes in a package which is installed for tools alone: `npm audit --omit=dev` would not look at it.
 * The page writes the bill; a worker is only looked through.
 */
export function billOfMaterials({ write }: { write: boolean }): Plugin {
  return {
    name: 'bill-of-materials',
    apply: 'build',
    generateBundle(_, bundle) {
      const text = bill();
      const { components } = JSON.parse(text) as Bill;
      const named = new Set(
        components
          .filter(({ scope }) => scope === 'required')
          .map(({ group, name }) => (group === undefined ? name : `${group}/${name}`)),
      );
      for (const file of Object.values(bundle)) {
        if (file.type !== 'chunk') continue;
        const strange = file.moduleIds.map(packageOf).find((name) => name !== null && !named.has(name));
        if (strange !== undefined)
          this.error(`${file.fileName} has the package ${strange} in it: name it in "dependencies" of package.json`);
      }
      if (write) this.emitFile({ type: 'asset', fileName: 'bom.cdx.json', source: text });
    },
  };
}
