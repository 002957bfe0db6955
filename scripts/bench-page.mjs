// `npm run bench -- NAME [ARGS]`: a benchmark of bench/. `training-step` (the default), `generation`, `search` and
// `graph-search` run in a page, beside their peers: [--size SIZE] [--contender NAME] [--quick] [--out FILE]
// [--no-document]; the sizes and contenders of each stand in its plan.mjs. Others run in Node (scripts/bench.mjs).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { chromium } from 'playwright';
import { build } from 'vite';
import { chromiumFlags, findChromium } from './chromium.mjs';
import { serve } from './serve.mjs';
import { repositoryRoot as root, vulkanEnvironment } from './vulkan.mjs';
import { round } from '../bench/page/measure.mjs';

const PAGES = ['training-step', 'generation', 'search', 'graph-search'];

const [name = 'training-step', ...args] = process.argv.slice(2);
if (!PAGES.includes(name)) {
  const { status } = spawnSync(process.execPath, [join(root, 'scripts', 'bench.mjs'), name, ...args], {
    stdio: 'inherit',
    env: { ...process.env, ...vulkanEnvironment() },
  });
  process.exit(status ?? 1);
}

function option(flag, choices) {
  const at = args.indexOf(flag);
  if (at < 0) return choices;
  if (!choices.includes(args[at + 1])) {
    process.stderr.write(`bench: ${flag}: expected ${choices.join(', ')}; found ${args[at + 1] ?? 'nothing'}\n`);
    process.exit(2);
  }
  return [args[at + 1]];
}
const { plan } = await import(`../bench/${name}/plan.mjs`);
const sizes = option('--size', plan.sizes);
const contenders = option('--contender', plan.contenders);
const quick = args.includes('--quick');

const say = (text) => process.stderr.write(`bench: ${text}\n`);
const git = (...words) => spawnSync('git', words, { cwd: root, encoding: 'utf8' }).stdout?.trim() ?? '';

const executablePath = findChromium();
if (executablePath === null) {
  say('no Chromium; install one or set CHROMIUM to its path');
  process.exit(1);
}
await build({ configFile: join(root, 'bench', name, 'vite.config.ts'), logLevel: 'warn' });
const server = await serve({ folder: join(root, '.cache', `bench-${name}`), port: 4460 });
const browserServer = await chromium.launchServer({ executablePath, args: chromiumFlags });
const browser = await chromium.connect(browserServer.wsEndpoint());
const page = await browser.newPage();
page.setDefaultTimeout(0);
page.on('pageerror', (error) => say(error.message));
page.on('console', (message) => {
  if (message.type() === 'error') say(message.text());
});

const report = {
  benchmark: name,
  command: ['npm run bench --', name, ...args].join(' '),
  date: new Date().toISOString(),
  commit: git('rev-parse', '--short=12', 'HEAD') + (git('status', '--porcelain', '--', 'src', 'shaders') ? '+' : ''),
  browser: `Chromium ${browser.version()}`,
  cores: availableParallelism(),
  results: [],
};
try {
  await page.goto(server.url);
  report.adapter = await page.evaluate(() => globalThis.bench.adapter());
  for (const size of sizes) {
    for (const contender of contenders) {
      if (plan.leavesOut?.(size, contender)) continue;
      const load = round(loadavg()[0]);
      const pid = browserServer.process().pid;
      say(`${contender}, ${size}`);
      try {
        const result = await plan.measure({ page, pid, contender, size, quick, say });
        report.results.push({ load, contender, size, ...result });
      } catch (error) {
        report.results.push({ load, contender, size, error: String(error).slice(0, 500) });
        say(String(error));
      }
    }
  }
} finally {
  await browser.close();
  await browserServer.close();
  server.close();
}
for (const [contender, folder] of Object.entries(plan.packages)) {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules', folder, 'package.json'), 'utf8'));
  for (const result of report.results) if (result.contender === contender) result.version = version;
}

const at = args.indexOf('--out');
const file = at < 0 ? join(root, 'runs', 'bench', `${name}.json`) : args[at + 1];
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
if (contenders.length === plan.contenders.length && !quick && !args.includes('--no-document')) {
  const document = join(root, 'docs', 'performance.md');
  writeFileSync(document, plan.document(report, existsSync(document) ? readFileSync(document, 'utf8') : ''));
}
process.exit(report.results.every((result) => result.holds) ? 0 : 1);
