// The table of which folder under src/ may import which others, behind the lint rule. Every folder may import itself.
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

const base = ['settings', 'config', 'records', 'lib'];
const parts = [
  ...base,
  'gpu',
  'kernels',
  'tensors',
  'model',
  'objectives',
  'tokenizer',
  'formats',
  'tasks',
  'retrieval',
  'session',
];
const engine = [...parts, 'training', 'runs'];

/** Folders that have no DOM, no React and no Node in them. */
export const engineFolders = [...engine, 'cluster'];

const ALLOWED = {
  lib: [],
  settings: ['lib'],
  // A task's settings are part of a session's: they are plain data, and the list loads nothing else of a task.
  config: ['lib', 'settings', 'tasks/list.ts', 'tasks/definition.ts'],
  records: ['lib', 'settings', 'config'],
  gpu: base,
  kernels: [...base, 'gpu'],
  tensors: [...base, 'gpu', 'kernels'],
  model: [...base, 'gpu', 'kernels', 'tensors'],
  objectives: [...base, 'gpu', 'kernels', 'tensors', 'model'],
  tokenizer: base,
  formats: [
    ...base,
    'tokenizer',
    'tensors/layout.ts',
    'tensors/bert-layout.ts',
    'tensors/dtype.ts',
    'tensors/weight-source.ts',
  ],
  tasks: [...base, 'tokenizer', 'formats'],
  retrieval: [...base, 'gpu', 'kernels'],
  session: base,
  training: parts,
  runs: [...base, 'tokenizer', 'formats', 'session'],
  cluster: engine,
  'host/browser': [...engine, 'cluster'],
  'host/node': [...engine, 'cluster'],
  // The store and the views know the worker by its types alone, which another rule sees to.
  store: [...base, 'view', 'host/browser/api.ts'],
  view: [...base, 'host/browser/api.ts'],
  ui: [
    ...base,
    'store',
    'view',
    'session',
    'host/browser/api.ts',
    'host/browser/client.ts',
    'host/browser/hub/client.ts',
    'host/browser/speed/client.ts',
  ],
};

/** Zones for import-x/no-restricted-paths: into `target`, nothing `from` our sources `except` what the table allows. */
export function importZones(root) {
  const src = join(root, 'src');
  return Object.entries(ALLOWED).map(([folder, allowed]) => ({
    target: join(src, folder),
    from: src,
    except: [folder, ...allowed].map((path) => `./${path}`),
    message: `src/${folder} may import ${allowed.length > 0 ? allowed.join(', ') : 'nothing else of ours'}.`,
  }));
}

/** Folders of src/ that the table forgets: they would be free of every rule. */
export function unlistedFolders(root) {
  const src = join(root, 'src');
  if (!existsSync(src)) return [];
  const isFolder = (path) => statSync(join(src, path)).isDirectory();
  const top = readdirSync(src).filter((name) => isFolder(name));
  const all = top.flatMap((name) =>
    name === 'host'
      ? readdirSync(join(src, name))
          .map((child) => `${name}/${child}`)
          .filter(isFolder)
      : [name],
  );
  return all.filter((folder) => !(folder in ALLOWED));
}
