// Writes the folder of a run as `train.py` leaves it on a cluster, without Python: node e2e/cluster-run.mjs DIR
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { bundle } from '../scripts/bundled.mjs';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('a folder is missing, expected: node e2e/cluster-run.mjs DIR');
const file = await bundle('src/cluster/cluster-run.test-data.ts');
try {
  const { clusterRun } = await import(pathToFileURL(file).href);
  for (const [name, bytes] of (await clusterRun()).files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
} finally {
  rmSync(file, { force: true });
}
