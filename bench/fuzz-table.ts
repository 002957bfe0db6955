import { readFileSync } from 'node:fs';
import * as v from 'valibot';
import { writeSection } from './driven/section';

const HEADING = '## Spoilt files';

const schema = v.object({
  command: v.string(),
  commit: v.string(),
  seed: v.number(),
  inputs: v.number(),
  faults: v.number(),
  rows: v.array(
    v.object({
      name: v.string(),
      inputs: v.number(),
      accepted: v.number(),
      slowest_ms: v.number(),
      megabytes: v.number(),
    }),
  ),
});

/** Writes what `fuzz` found, from its results, into docs/reliability.md. */
export function writeFuzz(): void {
  const result = v.parse(schema, JSON.parse(readFileSync('docs/results/fuzz.json', 'utf8')));
  const rows = result.rows.map(
    (row) => `| ${row.name} | ${row.inputs} | ${row.accepted} | ${row.slowest_ms} ms | ${row.megabytes} MB |`,
  );
  writeSection(
    HEADING,
    [
      HEADING,
      '',
      `\`${result.command}\` gives every parser real files with a few things changed (bits, lengths, numbers, JSON values, nesting), 100,000 in all, and fails where one takes over a second of the processor, throws anything but a sentence of refusal, leaves part of a run behind, or adds more than 256 MB. \`src/fuzz.test.ts\` does a part of it with the tests. The table is of seed ${result.seed}, at ${result.commit}, each parser in a process of its own; memory is what that process's peak grew by.`,
      '',
      '| file | inputs | read all the same | slowest | memory |',
      '|---|---|---|---|---|',
      ...rows,
      '',
      `${result.inputs.toLocaleString('en')} inputs, ${result.faults} faults.`,
      '',
    ].join('\n'),
  );
}
