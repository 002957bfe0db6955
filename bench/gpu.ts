/**
 * What this machine's adapter does, as a table: products, attention, a training step, writing, search.
 *
 *   npm run bench -- gpu    LAB_ADAPTER chooses the adapter
 */
import { execFileSync } from 'node:child_process';
import { openGpu } from '../src/host/node/gpu';
import { gpuBenchmark, type BenchmarkLine } from '../src/training/gpu-benchmark';

const gpu = await openGpu();
const { vendor, architecture, description, software } = gpu.adapter;
const name = [vendor, architecture, description].filter(Boolean).join(' · ');
const commit = execFileSync('git', ['rev-parse', '--short=12', 'HEAD'], { encoding: 'utf8' }).trim();
process.stdout.write(`${name} (${software ? 'on the processor' : 'hardware'}), commit ${commit}\n\n`);
process.stdout.write('| what | ms | a second |\n| --- | --- | --- |\n');
const digits = (value: number): string => Number(value.toPrecision(3)).toLocaleString('en');
const line = ({ what, milliseconds, rate, reason }: BenchmarkLine): void => {
  const figures = milliseconds === null || rate === null ? [`not here: ${reason}`, ''] : [digits(milliseconds), `${digits(rate.value)} ${rate.unit}`]; // prettier-ignore
  process.stdout.write(`| ${[what, ...figures].join(' | ')} |\n`);
};
const lines = await gpuBenchmark(gpu, line);
// The native device ends with the process.
process.exit(lines.every(({ milliseconds }) => milliseconds !== null) ? 0 : 1);
