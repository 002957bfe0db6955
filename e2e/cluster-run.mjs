// Writes the folder of a run as `train.py` leaves it on a cluster, without Python: node e2e/cluster-run.mjs DIR
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { textForEsbuild } from '../scripts/text-files.mjs';
import { repositoryRoot } from '../scripts/vulkan.mjs';
import { wgslForEsbuild } from '../scripts/wgsl.mjs';

const [folder] = process.argv.slice(2);
if (folder === undefined) throw new Error('a folder is missing, expected: node e2e/cluster-run.mjs DIR');
const outfile = join(repositoryRoot, '.cache', `cluster-run-${process.pid}.mjs`);
await build({
  entryPoints: [join(repositoryRoot, 'src/cluster/cluster-run.test-data.ts')],
  outfile,
  bundle: true,
  platform: 'node',
  format: 'esm',
  packages: 'external',
  plugins: [wgslForEsbuild, textForEsbuild],
  logLevel: 'error',
});
try {
  const { clusterRun } = await import(pathToFileURL(outfile).href);
  for (const [name, bytes] of (await clusterRun()).files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
} finally {
  rmSync(outfile, { force: true });
}
