// `npm run test:python`: the tests in python/, which open with the field's own programs what the lab writes. They have an
// environment of their own in .python/, made once of pinned packages; LAB_PYTHON names an interpreter that has them
// already. Skipped, and counted as skipped, where there is no
// Python 3.10 or newer, or its packages cannot be had. The last line: `N passed, M failed, K skipped`.
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { repositoryRoot } from './vulkan.mjs';

const folder = join(repositoryRoot, 'python');
const REQUIREMENTS = [join(repositoryRoot, 'src/cluster/files/requirements.txt'), join(folder, 'requirements.txt')];
const environment = join(repositoryRoot, '.python');

/** Tests that would have run. */
function written() {
  const files = readdirSync(folder).filter((name) => /^test_.*\.py$/.test(name));
  return files.reduce(
    (sum, name) => sum + (readFileSync(join(folder, name), 'utf8').match(/^ +def test_/gm) ?? []).length,
    0,
  );
}

function end(passed, failed, skipped) {
  const report = process.env.LAB_PYTHON_REPORT;
  if (report) writeFileSync(report, `${passed} ${failed} ${skipped}`);
  process.stdout.write(`\n${passed} passed, ${failed} failed, ${skipped} skipped\n`);
  process.exit(failed > 0 ? 1 : 0);
}

const isNewEnough = (python) =>
  spawnSync(python, ['-c', 'import sys; sys.exit(sys.version_info < (3, 10))']).status === 0;

/** The interpreter with every package; null where there is none new enough. */
function interpreter() {
  if (process.env.LAB_PYTHON) return process.env.LAB_PYTHON;
  const python = ['python3', 'python'].find(isNewEnough);
  if (!python) return null;
  const own = join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const wanted = REQUIREMENTS.filter(existsSync)
    .map((path) => readFileSync(path, 'utf8'))
    .join('');
  const made = join(environment, 'requirements');
  if (existsSync(made) && readFileSync(made, 'utf8') === wanted) return own;
  process.stderr.write('test:python: making .python/ of pinned packages, once\n');
  const files = REQUIREMENTS.filter(existsSync).flatMap((path) => ['-r', path]);
  const steps = [
    [python, ['-m', 'venv', '--clear', environment]],
    [own, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...files]],
  ];
  for (const [command, args] of steps) {
    if (spawnSync(command, args, { stdio: 'inherit' }).status === 0) continue;
    process.stderr.write(`test:python: ${command} ${args.join(' ')} failed: its tests are skipped\n`);
    end(0, 0, written());
  }
  writeFileSync(made, wanted);
  return own;
}

const python = interpreter();
if (python === null) {
  process.stderr.write('test:python: no Python 3.10 or newer: its tests are skipped\n');
  end(0, 0, written());
}

/** The tests with one of these words in their names, and all of them without words, as `[passed, failed, skipped]`. */
function run(words) {
  return new Promise((done) => {
    const [out, said] = [[], []];
    const child = spawn(python, ['-W', 'ignore', join(folder, 'run.py'), ...words], {
      cwd: repositoryRoot,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, HF_HUB_OFFLINE: '1', OMP_NUM_THREADS: process.env.OMP_NUM_THREADS ?? '1' },
    });
    // Files that run at once would speak at once: each is shown whole at its end.
    child.stdout.on('data', (chunk) => out.push(chunk));
    child.stderr.on('data', (chunk) => said.push(chunk));
    child.on('error', () => done([0, 1, 0]));
    child.on('close', (status) => {
      process.stderr.write(Buffer.concat(said));
      const counts = /(\d+) passed, (\d+) failed, (\d+) skipped/.exec(Buffer.concat(out).toString());
      const [passed, failed, skipped] = counts ? counts.slice(1).map(Number) : [0, 1, 0];
      done([passed, status === 0 ? failed : Math.max(1, failed), skipped]);
    });
  });
}

const words = process.argv.slice(2);
const files = readdirSync(folder).filter((name) => /^test_.*\.py$/.test(name));
const runs = words.length > 0 ? [words] : files.map((name) => [name.replace(/py$/, '')]);
const counts = await Promise.all(runs.map(run));
end(...[0, 1, 2].map((at) => counts.reduce((sum, count) => sum + count[at], 0)));
