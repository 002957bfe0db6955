/**
 * What the fingerprint costs of a step, from the records of a run that is there.
 *
 *   node scripts/bench.mjs fingerprint-cost RUN_FOLDER    writes docs/results/fingerprint-cost.json
 */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import { Fingerprint } from '../src/session/fingerprint';

const folder = process.argv[2] ?? 'runs/adapters-lavapipe-1';
const line = v.looseObject({ step: v.number() });
const read = (name: string) =>
  readFileSync(`${folder}/${name}`, 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((text) => v.parse(line, JSON.parse(text)));
const metrics = read('metrics.jsonl');
const grouped = (lines: ReturnType<typeof read>) => {
  const groups = new Map<number, ReturnType<typeof read>>();
  for (const one of lines) groups.set(one.step, [...(groups.get(one.step) ?? []), one]);
  return groups;
};
const traces = grouped(read('traces.jsonl'));
const graph = grouped(read('graph.jsonl'));
const fingerprint = new Fingerprint();
const spent: Record<string, { steps: number; hashing: number; step: number }> = {};
for (const one of metrics) {
  const stage = String(one['stage']);
  const evidence = traces.has(one.step) ? { traces: traces.get(one.step), graph: graph.get(one.step)?.[0] } : {};
  const begun = performance.now();
  fingerprint.add({ ...one, ...evidence });
  const sum = (spent[stage] ??= { steps: 0, hashing: 0, step: 0 });
  sum.steps += 1;
  sum.hashing += performance.now() - begun;
  sum.step += 1000 * Number(one['time/step'] ?? 0);
}
const result = {
  command: `node scripts/bench.mjs fingerprint-cost ${folder}`,
  commit: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { encoding: 'utf8' }).trim(),
  stages: Object.fromEntries(
    Object.entries(spent).map(([stage, { steps, hashing, step }]) => [
      stage,
      { steps, hashing_ms_per_step: hashing / steps, step_ms: step / steps, share: hashing / step },
    ]),
  ),
};
writeFileSync('docs/results/fingerprint-cost.json', `${JSON.stringify(result, null, 2)}\n`);
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
