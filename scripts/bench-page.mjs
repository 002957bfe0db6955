// `npm run bench -- NAME [ARGS]`: a benchmark of bench/. `training-step` (the default) runs in a page, beside its peers:
// [--size small|big] [--contender ours|jax-js|tfjs] [--quick] [--out FILE] [--no-document]. Others run in Node
// (scripts/bench.mjs).
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { dirname, join } from 'node:path';
import { chromium } from 'playwright';
import { build } from 'vite';
import { chromiumFlags, findChromium } from './chromium.mjs';
import { serve } from './serve.mjs';
import { repositoryRoot as root, vulkanEnvironment } from './vulkan.mjs';
import { documentTrainingStep } from '../bench/training-step/document.mjs';

/** Steps after the first, by contender and size: a slow peer's few are enough for a ratio, and take minutes as it is. */
const LATER_STEPS = {
  ours: { small: 5, big: 3 },
  'jax-js': { small: 2, big: 1 },
  tfjs: { small: 1, big: 1 },
};
const PACKAGES = {
  'jax-js': '@jax-js/jax',
  tfjs: '@tensorflow/tfjs-backend-webgpu',
};

const [name = 'training-step', ...args] = process.argv.slice(2);
if (name !== 'training-step') {
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
const sizes = option('--size', ['small', 'big']);
const contenders = option('--contender', Object.keys(LATER_STEPS));
const quick = args.includes('--quick');

const say = (text) => process.stderr.write(`bench: ${text}\n`);
const git = (...words) => spawnSync('git', words, { cwd: root, encoding: 'utf8' }).stdout?.trim() ?? '';
const round = (value) => (value === null ? null : Math.round(value * 10) / 10);

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** CPU milliseconds that `pid` and every process below it have used, or null where the system does not tell (Linux does). */
function cpuMilliseconds(pid) {
  if (process.platform !== 'linux') return null;
  const processes = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const stat = readFileSync(`/proc/${entry}/stat`, 'latin1');
        // The name, in brackets, may hold spaces.
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return [{ pid: Number(entry), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }];
      } catch {
        return [];
      }
    });
  const family = new Set([pid]);
  for (let grown = true; grown;) {
    const before = family.size;
    for (const entry of processes) if (family.has(entry.parent)) family.add(entry.pid);
    grown = family.size > before;
  }
  // Linux counts hundredths of a second here, whatever its kernel ticks at.
  return processes.filter((entry) => family.has(entry.pid)).reduce((sum, { ticks }) => sum + ticks * 10, 0);
}

/** One contender on one size: its first step, then `later` more. */
async function measure(page, browserPid, contender, size, later) {
  say(`${contender}, ${size}`);
  const { name: title, parameters } = await page.evaluate(([c, s]) => globalThis.bench.open(c, s), [contender, size]);
  const steps = [];
  for (let i = 0; i <= later; i++) {
    const before = cpuMilliseconds(browserPid);
    const wall = await page.evaluate(() => globalThis.bench.step());
    const cpu = before === null ? null : cpuMilliseconds(browserPid) - before;
    steps.push({ wall, cpu });
    say(`  step ${i + 1}: ${wall.toFixed(0)} ms${cpu === null ? '' : `, ${cpu} ms of CPU`}`);
  }
  const losses = await page.evaluate(() => globalThis.bench.close());
  const [first, ...rest] = steps;
  const cpus = rest.map(({ cpu }) => cpu);
  return {
    contender,
    title,
    size,
    parameters,
    first_ms: round(first.wall),
    first_cpu_ms: first.cpu,
    median_ms: round(median(rest.map(({ wall }) => wall))),
    median_cpu_ms: cpus.includes(null) ? null : median(cpus),
    steps_ms: rest.map(({ wall }) => round(wall)),
    losses,
    learns: learns(losses),
  };
}

/** The first loss is that of a model that knows nothing, within 2%, and a repeated batch makes it fall. */
function learns(losses) {
  const nothing = Math.log(512);
  return Math.abs(losses[0] - nothing) < 0.02 * nothing && losses.at(-1) < losses[0] - 0.05;
}

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
      const load = round(loadavg()[0]);
      const later = quick ? 1 : LATER_STEPS[contender][size];
      const pid = browserServer.process().pid;
      try {
        report.results.push({ load, ...(await measure(page, pid, contender, size, later)) });
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
for (const [contender, folder] of Object.entries(PACKAGES)) {
  const { version } = JSON.parse(readFileSync(join(root, 'node_modules', folder, 'package.json'), 'utf8'));
  for (const result of report.results) if (result.contender === contender) result.version = version;
}

const at = args.indexOf('--out');
const file = at < 0 ? join(root, 'runs', 'bench', `${name}.json`) : args[at + 1];
mkdirSync(dirname(file), { recursive: true });
writeFileSync(file, `${JSON.stringify(report, null, 2)}\n`);
process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
if (contenders.length === Object.keys(LATER_STEPS).length && !quick && !args.includes('--no-document')) {
  const document = join(root, 'docs', 'performance.md');
  writeFileSync(document, documentTrainingStep(report, existsSync(document) ? readFileSync(document, 'utf8') : ''));
}
process.exit(report.results.every((result) => result.learns) ? 0 : 1);
