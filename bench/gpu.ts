/**
 * Measures this machine's adapter and prints a table: products, attention, a training step, writing, search.
 *
 *   npm run bench -- gpu    LAB_ADAPTER chooses the adapter
 */
import { openGpu } from '../src/host/node/gpu';
import { gpuBenchmark } from '../src/training/gpu-benchmark';
import { adapterWords, speedTable } from '../src/view/speed-table';
import { git } from './record';

const gpu = await openGpu();
const commit = git('rev-parse', '--short=12', 'HEAD');
const onPart = (what: string, part: number, parts: number): boolean =>
  process.stderr.write(`${part} of ${parts}: ${what}\n`);
const lines = await gpuBenchmark(gpu, { onLine: () => undefined, onPart });
process.stdout.write(speedTable(`${adapterWords(gpu.adapter)}, commit ${commit}`, lines));
// The native device ends with the process.
process.exit(lines.every(({ milliseconds }) => milliseconds !== null) ? 0 : 1);
