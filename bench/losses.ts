/**
 * Loses the device of a command-line run at random moments of all stages: the run continues from its last state on
 * another device, and must end with the fingerprint of a run whose device stayed.
 *
 *   node scripts/bench.mjs losses [LOSSES] [SEED]    30 unless told; writes docs/results/losses.json
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseSession } from '../src/config/parse-session';
import { placeOf, planStages } from '../src/config/stages';
import { EVERY_STAGE } from '../src/config/seconds.test-data';
import type { Gpu } from '../src/gpu/gpu';
import { openGpu } from '../src/host/node/gpu';
import { RunFolder } from '../src/host/node/run-folder';
import { trainThroughLosses } from '../src/host/node/train-through-losses';
import { Random } from '../src/lib/philox';
import { writeInterruptions } from './interruptions';
import { commitNow, writeRecord } from './record';

const LOSSES = Number(process.argv[2] ?? 30);
const SEED = Number(process.argv[3] ?? 1);
/** The most losses of one run: three in a row, which end a run, must not happen by chance. */
const TIMES = 2;
const session = parseSession(EVERY_STAGE);
const root = mkdtempSync(join(tmpdir(), 'losses-'));

/**
 * Runs the session on devices that are lost. @param after milliseconds from each opening of a device to its loss.
 * @returns the fingerprint, and the steps kept at each loss.
 */
async function run(name: string, after: readonly number[]): Promise<{ fingerprint: string; lostAt: number[] }> {
  const { folder, state } = RunFolder.open(join(root, name), session, false);
  const lostAt: number[] = [];
  let timer: NodeJS.Timeout | undefined;
  const open = async (): Promise<Gpu> => {
    const gpu = await openGpu();
    const wait = after[lostAt.length];
    if (wait !== undefined) {
      timer = setTimeout(() => {
        lostAt.push(folder.state()?.step ?? 0);
        gpu.destroy();
      }, wait);
    }
    return gpu;
  };
  const { fingerprint } = await trainThroughLosses(open, { session, data: new Map(), folder, state });
  clearTimeout(timer);
  return { fingerprint, lostAt };
}

const began = performance.now();
const { fingerprint: reference } = await run('reference', []);
const ms = performance.now() - began;
process.stdout.write(`reference: ${reference.slice(0, 12)} in ${(ms / 1000).toFixed(1)} s\n`);

const random = new Random(SEED, 'sample');
const byStage: Record<string, number> = {};
let losses = 0;
let runs = 0;
let differing = 0;
while (losses < LOSSES) {
  const most = Math.min(TIMES, LOSSES - losses);
  const after = Array.from({ length: most }, () => random.uniform() * 0.8 * ms);
  const { fingerprint, lostAt } = await run(`run-${runs}`, after);
  runs++;
  losses += lostAt.length;
  for (const step of lostAt) {
    const stage = placeOf(planStages(session), step + 1)?.plan.stage ?? 'none';
    byStage[stage] = (byStage[stage] ?? 0) + 1;
  }
  if (fingerprint !== reference) differing++;
  process.stdout.write(
    `run ${runs}: lost after the states of steps ${lostAt.join(', ') || 'none'}; ${fingerprint === reference ? 'the reference fingerprint' : 'ANOTHER fingerprint'}\n`,
  );
}
rmSync(root, { recursive: true });
const result = {
  command: `node scripts/bench.mjs losses ${LOSSES} ${SEED}`,
  commit: commitNow(),
  session_seconds: ms / 1000,
  losses,
  by_stage: byStage,
  runs,
  differing,
};
if (LOSSES >= 30) {
  writeRecord('losses', result);
  writeInterruptions();
}
process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(differing > 0 ? 1 : 0);
