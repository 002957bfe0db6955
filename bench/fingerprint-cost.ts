/**
 * Measures how long the fingerprint of a step takes, from the records of a finished run: as it is computed, and as it
 * would be if the same records were hashed as text. Both in turn, over all steps several times; medians.
 *
 *   node scripts/bench.mjs fingerprint-cost [RUN_FOLDER]    writes docs/results/fingerprint-cost.json
 */
import type { GraphRecord, StepMetrics, TraceRecord } from '../src/records/records';
import { Fingerprint } from '../src/session/fingerprint';
import { evidenceBytes } from '../src/training/evidence';
import { jsonLines, median, runMissing } from './long-runs';
import { commitNow, writeRecord } from './record';
import { isSmall } from './small';

const ROUNDS = 5;
const folder = process.argv[2] ?? (isSmall ? 'runs/kin-quick' : 'runs/adapters-lavapipe-1');
if (isSmall) runMissing([{ name: 'kin-quick', session: 'kin-quick', set: [] }]);
// The engine wrote these files; what is wrong with them shows at once.
const read = <Line>(name: string): Line[] => jsonLines(`${folder}/${name}`) as Line[];
const metrics = read<StepMetrics>('metrics.jsonl');
const traces = new Map<number, TraceRecord[]>();
for (const line of read<TraceRecord>('traces.jsonl')) traces.set(line.step, [...(traces.get(line.step) ?? []), line]);
const graph = new Map(read<GraphRecord>('graph.jsonl').map((line) => [line.step, line]));

const taken = (fingerprint: Fingerprint, line: StepMetrics): void => {
  const completions = traces.get(line.step);
  fingerprint.add(line, completions && evidenceBytes(completions, graph.get(line.step)));
};
const asText = (fingerprint: Fingerprint, line: StepMetrics): void => {
  const completions = traces.get(line.step)?.map(({ step, query, completion, ids, text, logprobs, reward, advantage, rank }) => ({ step, query, completion, ids, text, logprobs, reward, advantage, rank })); // prettier-ignore
  fingerprint.add(completions ? { ...line, traces: completions, graph: graph.get(line.step) } : line);
};
const WAYS = { taken, as_text: asText };
type Way = keyof typeof WAYS;

const stages: Record<string, { steps: number; step_ms: number; share: number } & Record<`${Way}_ms`, number>> = {};
const spent = new Map<string, { step: number[]; taken: number[]; as_text: number[] }>();
for (let round = 0; round < ROUNDS; round++) {
  const chains = { taken: new Fingerprint(), as_text: new Fingerprint() };
  for (const line of metrics) {
    const sums = spent.get(line.stage) ?? { step: [], taken: [], as_text: [] };
    spent.set(line.stage, sums);
    const order: Way[] = (line.step + round) % 2 === 0 ? ['taken', 'as_text'] : ['as_text', 'taken'];
    for (const way of order) {
      const begun = performance.now();
      WAYS[way](chains[way], line);
      sums[way].push(performance.now() - begun);
    }
    if (round === 0) sums.step.push(1000 * Number(line['time/step'] ?? 0));
  }
}
for (const [stage, sums] of spent) {
  const step = median(sums.step);
  const found = { taken_ms: median(sums.taken), as_text_ms: median(sums.as_text) };
  stages[stage] = { steps: sums.step.length, step_ms: step, ...found, share: found.taken_ms / step };
}
const result = {
  command: `node scripts/bench.mjs fingerprint-cost ${folder}`,
  commit: commitNow(),
  rounds: ROUNDS,
  stages,
};
writeRecord('fingerprint-cost', result);
process.stdout.write(`${JSON.stringify(result, null, 2)}\n`);
