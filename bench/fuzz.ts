/**
 * `node scripts/bench.mjs fuzz [--inputs N] [--seed S] [--only NAME [--replay FILE]]`: spoilt files for every parser, N in all (100,000
 * where it is not said). Exit 1 where one of them hangs, throws anything but a refusal, or takes more memory than it may;
 * such inputs lie in .cache/fuzz/ then. Its table is part of docs/reliability.md.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { fuzz, timed } from './fuzz/fuzz';
import { targets } from './fuzz/targets';

/** Megabytes that all inputs together may add to what the process had with its seeds read. */
const MOST_MEMORY = 256;

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
const all = (await targets()).filter(({ name }) => values.only === undefined || name === values.only);
const each = Math.ceil(Number(values.inputs) / all.length);
const peak = (): number => process.resourceUsage().maxRSS / 1024;
let faults = 0;
let inputs = 0;
process.stdout.write('| file | inputs | read all the same | slowest | memory |\n|---|---|---|---|---|\n');
for (const target of all) {
  for (const seed of target.seeds) await target.read(seed);
  if (values.replay !== undefined) {
    process.stderr.write(`${JSON.stringify(await timed(target, new Uint8Array(readFileSync(values.replay))))}\n`);
    break;
  }
  const before = peak();
  // What nobody holds any more is no memory that an input takes.
  const found = await fuzz(target, each, Number(values.seed), Infinity, (input) => {
    if (input % 20 === 0) collect();
  });
  const memory = Math.round(peak() - before);
  inputs += found.inputs;
  const cells = [target.name, found.inputs, found.accepted, `${Math.round(found.slowest)} ms`, `${memory} MB`];
  process.stdout.write(`| ${cells.join(' | ')} |\n`);
  faults += found.faults.length + Number(memory > MOST_MEMORY);
  for (const fault of found.faults.slice(0, 5)) {
    mkdirSync('.cache/fuzz', { recursive: true });
    const path = `.cache/fuzz/${target.name.replace(/\W+/g, '-')}-${fault.seed}.bin`;
    writeFileSync(path, fault.input);
    process.stderr.write(`${path}: ${fault.what}\n`);
  }
}
process.stdout.write(`\n${inputs} inputs, ${faults} faults.\n`);
process.exit(faults > 0 ? 1 : 0);
