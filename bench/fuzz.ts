/**
 * `node scripts/bench.mjs fuzz [--inputs N] [--seed S] [--only NAME [--replay FILE]]`: spoilt files for every parser, N in all (100,000
 * where it is not said), each parser in a process of its own. Exit 1 where one of them hangs, throws anything but a refusal, or
 * takes more memory than it may; such inputs lie in .cache/fuzz/ then. From 100,000 on it writes docs/results/fuzz.json and the
 * table in docs/reliability.md.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import * as v from 'valibot';
import { fuzz, timed } from './fuzz/fuzz';
import { targets, type Target } from './fuzz/targets';
import { writeFuzz } from './fuzz-table';
import { commitNow, writeRecord } from './record';

/** The most megabytes that all inputs together may add to the process's memory after its seeds were read. */
const MOST_MEMORY = 256;

const commit = commitNow();
setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

const { values } = parseArgs({
  options: {
    inputs: { type: 'string', default: '100000' },
    seed: { type: 'string', default: '1' },
    only: { type: 'string' },
    replay: { type: 'string' },
  },
});
const rowSchema = v.object({
  name: v.string(),
  inputs: v.number(),
  accepted: v.number(),
  slowest_ms: v.number(),
  megabytes: v.number(),
  faults: v.number(),
});
type Row = v.InferOutput<typeof rowSchema>;
const all = await targets();

if (values.only !== undefined) {
  const target = all.find(({ name }) => name === values.only);
  if (target === undefined)
    throw new Error(`${values.only}, expected one of ${all.map(({ name }) => name).join(', ')}`);
  const row = await spoilt(target, Number(values.inputs));
  process.stdout.write(`${JSON.stringify(row)}\n`);
  process.exit(row.faults > 0 ? 1 : 0);
}
const rows = all.map(({ name }) => inAProcess(name, Math.ceil(Number(values.inputs) / all.length)));
const inputs = rows.reduce((total, row) => total + row.inputs, 0);
const faults = rows.reduce((total, row) => total + row.faults, 0);
if (inputs >= 100_000) {
  const result = { command: 'node scripts/bench.mjs fuzz', commit, seed: Number(values.seed), inputs, faults, rows };
  writeRecord('fuzz', result);
  writeFuzz();
}
process.stdout.write(`${inputs} inputs, ${faults} faults\n`);
process.exit(faults > 0 ? 1 : 0);

/** Runs one parser in a process of its own, so that the memory measured is that parser's alone. */
function inAProcess(name: string, each: number): Row {
  const args = [...process.execArgv, process.argv[1] ?? '', '--only', name, '--inputs', String(each), '--seed', values.seed]; // prettier-ignore
  const { stdout } = spawnSync(process.execPath, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
  process.stdout.write(stdout);
  return v.parse(rowSchema, JSON.parse(stdout));
}

async function spoilt(target: Target, wanted: number): Promise<Row> {
  for (const seed of target.seeds) await target.read(seed);
  if (values.replay !== undefined) {
    process.stderr.write(`${JSON.stringify(await timed(target, new Uint8Array(readFileSync(values.replay))))}\n`);
    process.exit(0);
  }
  const before = peak();
  // Memory without references is not counted as an input's.
  const found = await fuzz(target, wanted, Number(values.seed), Infinity, (input) => {
    if (input % 20 === 0) collect();
  });
  const megabytes = Math.round(peak() - before);
  for (const fault of found.faults.slice(0, 5)) {
    mkdirSync('.cache/fuzz', { recursive: true });
    const path = `.cache/fuzz/${target.name.replace(/\W+/g, '-')}-${fault.seed}.bin`;
    writeFileSync(path, fault.input);
    process.stderr.write(`${path}: ${fault.what}\n`);
  }
  return {
    name: target.name,
    inputs: found.inputs,
    accepted: found.accepted,
    slowest_ms: Math.round(found.slowest),
    megabytes,
    faults: found.faults.length + Number(megabytes > MOST_MEMORY),
  };
}

function peak(): number {
  return process.resourceUsage().maxRSS / 1024;
}
