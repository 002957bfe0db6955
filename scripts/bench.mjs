// `node scripts/bench.mjs NAME [ARGS]` bundles bench/NAME.ts and runs it. `--small` runs its small version (bench/small.ts) in a
// folder of links to this one, with copies of what scripts write, that is thrown away.
import { cpSync, existsSync, mkdirSync, readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { runBundled } from './bundled.mjs';
import { repositoryRoot as root } from './vulkan.mjs';

const [name = '', ...given] = process.argv.slice(2);
const args = given.filter((one) => one !== '--small');
const source = join('bench', `${name}.ts`);
if (name === '' || !existsSync(join(root, source))) {
  process.stderr.write('usage: node scripts/bench.mjs NAME [ARGS], where bench/NAME.ts exists\n');
  process.exit(2);
}
if (args.length === given.length) process.exit(await runBundled(source, args));

/** Folders that scripts write into; runs/ is empty there. */
const WRITTEN = ['docs', 'src'];
const thrownAway = join(root, '.cache', `small-${process.pid}`);
mkdirSync(join(thrownAway, 'runs'), { recursive: true });
for (const entry of readdirSync(root)) {
  if (WRITTEN.includes(entry)) cpSync(join(root, entry), join(thrownAway, entry), { recursive: true });
  else if (!['.cache', '.git', 'runs'].includes(entry)) symlinkSync(join(root, entry), join(thrownAway, entry));
}
const status = await runBundled(source, args, { cwd: thrownAway, env: { LAB_BENCH_SMALL: '1' } });
rmSync(thrownAway, { recursive: true, force: true });
process.exit(status);
