// `npm test`: installs what is missing, then runs every check, and stops at the first that fails. Its last line sums up
// the tests: `N passed, M failed, K skipped`. `--all` adds what has a tool of its own (Firefox's journeys, the audit of the
// packages); `--only unit,gpu` runs those phases alone.
import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { audit } from './audit.mjs';
import { findChromium, setupChromium } from './chromium.mjs';
import { setupFirefox } from './firefox.mjs';
import { setupLavapipe } from './lavapipe.mjs';
import { setupPackages } from './setup.mjs';
import { repositoryRoot } from './vulkan.mjs';

const reports = join(repositoryRoot, '.cache', `test-${process.pid}`);
const tool = (...parts) => join(repositoryRoot, 'node_modules', ...parts);
const total = { passed: 0, failed: 0, skipped: 0 };
const running = new Set();

/**
 * Runs a program of Node's; false when it fails or takes longer than `minutes`. Its children end with it.
 * @param options.quiet keeps what it says until it ends, so that programs that run at once do not speak at once.
 */
function run(args, minutes, { env = {}, quiet = false } = {}) {
  return new Promise((done) => {
    const child = spawn(process.execPath, args, {
      cwd: repositoryRoot,
      stdio: quiet ? ['ignore', 'pipe', 'pipe'] : ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env },
      // A group of its own, so that browsers and workers can be ended with it.
      detached: process.platform !== 'win32',
    });
    running.add(child);
    const said = [];
    for (const stream of quiet ? [child.stdout, child.stderr] : []) stream.on('data', (chunk) => said.push(chunk));
    const limit = setTimeout(() => {
      process.stderr.write(`test: stopped after ${minutes} minutes\n`);
      end(child);
    }, minutes * 60_000);
    const finish = (ok) => {
      clearTimeout(limit);
      running.delete(child);
      process.stdout.write(Buffer.concat(said));
      done(ok);
    };
    child.on('error', () => finish(false));
    child.on('close', (code) => finish(code === 0));
  });
}

function end(child) {
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, 'SIGKILL');
  } catch {
    // It is gone already.
  }
}

function report(name) {
  const path = join(reports, `${name}.json`);
  return existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')) : null;
}

function count(passed, failed, skipped) {
  total.passed += passed;
  total.failed += failed;
  total.skipped += skipped;
}

async function vitest(project, minutes) {
  const output = join(reports, `${project}.json`);
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${output}`];
  // CI: a snapshot that is missing fails its test, where vitest would otherwise write it and pass.
  const env = { CI: process.env.CI ?? '1' };
  const ok = await run([tool('vitest', 'vitest.mjs'), 'run', '--project', project, ...reporters], minutes, { env });
  const found = report(project);
  const failed = found?.numFailedTests ?? 0;
  // A file that cannot be loaded, or a run that crashed, has no failed test to its name and is a failure all the same.
  count(
    found?.numPassedTests ?? 0,
    ok ? failed : Math.max(failed, 1),
    (found?.numPendingTests ?? 0) + (found?.numTodoTests ?? 0),
  );
  return ok;
}

function countSpecs(suites) {
  return (suites ?? []).reduce((sum, suite) => sum + suite.specs.length + countSpecs(suite.suites), 0);
}

async function e2e() {
  const browser = findChromium() !== null;
  const listing = browser ? [] : ['--list'];
  const env = { PLAYWRIGHT_JSON_OUTPUT_FILE: join(reports, 'e2e.json'), FORCE_COLOR: '0' };
  const ok = await run([tool('playwright', 'cli.js'), 'test', '--reporter=list,json', ...listing], 40, { env });
  const found = report('e2e');
  if (!browser) {
    process.stderr.write('test: no Chromium: the browser tests are skipped\n');
    count(0, 0, countSpecs(found?.suites));
    return true;
  }
  process.stdout.write(`test: pictures of every view are in ${join(repositoryRoot, 'screens')}\n`);
  const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = found?.stats ?? {};
  if (flaky > 0) process.stdout.write(`test: ${flaky} passed only when they were repeated\n`);
  count(expected + flaky, ok ? unexpected : Math.max(unexpected, 1), skipped);
  return ok;
}

/** Tests what other programs make of the lab's files; skipped, and counted so, where there is no Python. */
async function python() {
  const output = join(reports, 'python.txt');
  const ok = await run([join(repositoryRoot, 'scripts', 'test-python.mjs')], 30, {
    env: { LAB_PYTHON_REPORT: output },
  });
  const found = existsSync(output) ? readFileSync(output, 'utf8').split(' ').map(Number) : [0, 1, 0];
  count(found[0], ok ? found[1] : Math.max(found[1], 1), found[2]);
  return ok;
}

/** A check without tests of its own: its failure counts as one, so that the last line never hides it. */
async function check(args, minutes, options) {
  const ok = await run(args, minutes, options);
  if (!ok) count(0, 1, 0);
  return ok;
}

const phases = {
  typecheck: async () => {
    const holds = (project) => check([tool('typescript', 'bin', 'tsc'), '-p', project], 10, { quiet: true });
    return (await holds('tsconfig.json')) && (await holds('tsconfig.engine.json'));
  },
  lint: () => check([tool('eslint', 'bin', 'eslint.js'), '.'], 15, { quiet: true }),
  format: () =>
    check([tool('prettier', 'bin', 'prettier.cjs'), '--check', '--log-level', 'warn', '.'], 15, { quiet: true }),
  unit: () => vitest('unit', 20),
  gpu: () => vitest('gpu', 60),
  python,
  build: () => check([tool('vite', 'bin', 'vite.js'), 'build', '--logLevel', 'warn'], 10),
  e2e,
  firefox: () => vitest('firefox', 15),
  audit: () => {
    const { outcome, says } = audit();
    process.stdout.write(`${says}\n`);
    count(outcome === 'passed' ? 1 : 0, outcome === 'failed' ? 1 : 0, outcome === 'skipped' ? 1 : 0);
    return outcome !== 'failed';
  },
};

/** Asked for by `--all` or by name. */
const BESIDES = ['firefox', 'audit'];

/** Checks that use about one core each and none of the others' results: those that are chosen run at once. */
const AT_ONCE = ['typecheck', 'lint', 'format', 'python'];

function chosen() {
  const at = process.argv.indexOf('--only');
  if (at < 0) return Object.keys(phases).filter((name) => process.argv.includes('--all') || !BESIDES.includes(name));
  const names = (process.argv[at + 1] ?? '').split(',').filter(Boolean);
  const unknown = names.find((name) => !(name in phases));
  if (names.length === 0 || unknown !== undefined) {
    process.stderr.write(
      `test: --only: expected some of ${Object.keys(phases).join(',')}, found ${unknown ?? 'nothing'}\n`,
    );
    process.exit(2);
  }
  return Object.keys(phases).filter((name) => names.includes(name));
}

function close(ok) {
  rmSync(reports, { recursive: true, force: true });
  process.stdout.write(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped\n`);
  process.exitCode = ok ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM']) {
  process.on(signal, () => {
    for (const child of running) end(child);
    process.exit(130);
  });
}

const names = chosen();
if (!setupPackages()) {
  count(0, 1, 0);
  close(false);
} else {
  if (names.includes('gpu') || names.includes('firefox')) setupLavapipe();
  if (names.includes('e2e')) setupChromium();
  if (names.includes('firefox')) setupFirefox();
  mkdirSync(reports, { recursive: true });
  const times = [];
  let ok = true;
  const first = names.filter((name) => AT_ONCE.includes(name));
  const groups = [first, ...names.filter((name) => !AT_ONCE.includes(name)).map((name) => [name])];
  for (const group of groups.filter(({ length }) => length > 0)) {
    process.stdout.write(`\n== ${group.join(', ')}\n`);
    const start = performance.now();
    const results = await Promise.all(
      group.map(async (name) => {
        const passed = await phases[name]();
        times.push(`${name} ${((performance.now() - start) / 1000).toFixed(1)} s`);
        return { name, passed };
      }),
    );
    const failed = results.filter(({ passed }) => !passed).map(({ name }) => name);
    ok = failed.length === 0;
    if (!ok) {
      process.stdout.write(`\ntest: ${failed.join(', ')} failed\n`);
      break;
    }
  }
  process.stdout.write(`\ntimes: ${times.join(', ')}\n`);
  close(ok);
}
