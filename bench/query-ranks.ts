/** The rank of the right document of each test query in a finished run, in several arms: the values behind its means. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import * as v from 'valibot';
import { parseSession } from '../src/config/parse-session';
import { loadCheckpoint } from '../src/host/node/checkpoint';
import { openGpu } from '../src/host/node/gpu';
import { readFingerprint } from '../src/host/node/recorded-run';
import { RunFolder } from '../src/host/node/run-folder';
import { readTaskData } from '../src/host/node/task-data';
import type { EmbeddedArm } from '../src/records/records';
import { baseOf } from '../src/training/base';
import { SessionRun } from '../src/training/session-run';
import { SILENT } from '../src/training/silent';
import { figuresOf, mean } from './long-runs';

const schema = v.object({
  fingerprint: v.string(),
  /** The queries by id; those of one cluster are not independent. */
  queries: v.array(v.object({ id: v.string(), cluster: v.string() })),
  /** For each arm and query, the rank of its first relevant document from 1; 0 where nothing was embedded. */
  ranks: v.record(v.string(), v.array(v.number())),
});
export type QueryRanks = v.InferOutput<typeof schema>;

/** For each query, whether its first document is right. */
export const successes = ({ ranks }: QueryRanks, arm: string): number[] =>
  (ranks[arm] ?? []).map((rank) => (rank === 1 ? 1 : 0));

/** Reads the ranks kept beside a run; null where there are none, or they are of another run of that name. */
function keptOf(file: string, fingerprint: string): QueryRanks | null {
  if (!existsSync(file)) return null;
  const kept = v.parse(schema, JSON.parse(readFileSync(file, 'utf8')));
  return kept.fingerprint === fingerprint ? kept : null;
}

/**
 * Evaluates the last state of a run again, also in arms that its own evaluation leaves out. An arm that both have must
 * come out as it is recorded. Kept in `file`, so that a run is evaluated once.
 * @param base the model that it started from.
 */
export async function queryRanks(
  name: string,
  { base: path, arms, file }: { base: string; arms: readonly EmbeddedArm[]; file: string },
): Promise<QueryRanks> {
  const folder = `runs/${name}`;
  const { fingerprint } = readFingerprint(`${folder}/fingerprint.json`);
  const kept = keptOf(file, fingerprint);
  if (kept && arms.every((arm) => kept.ranks[arm])) return kept;
  const session = parseSession(JSON.parse(readFileSync(`${folder}/session.json`, 'utf8')), folder);
  const probe = `${folder}/probe.json`;
  const data = await readTaskData(session.task, existsSync(probe) ? probe : null);
  const opened = await loadCheckpoint(path);
  const base = await baseOf(session, opened, await opened.hash(), path);
  const { state } = RunFolder.open(folder, session, true);
  if (!state) throw new Error(`${folder}: no state, expected a run that is done`);
  const gpu = await openGpu();
  try {
    const ranks: Record<string, number[]> = {};
    const run = new SessionRun(gpu, session, SILENT, data, [], base);
    try {
      await run.load();
      await run.restore(state);
      const queries = run.task.heldOut('test', session.evaluation.final_queries_per_depth);
      await run.search.refresh();
      for (const arm of arms) {
        const found = await run.search.ranks(arm, queries);
        ranks[arm] = found.ranks.map(([first = 0]) => first);
        process.stderr.write(`${name}: ${arm}\n`);
      }
      const record = { fingerprint, queries: queries.map(({ id, cluster = id }) => ({ id, cluster })), ranks };
      checkAgainst(name, record);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, `${JSON.stringify(record)}\n`);
      return record;
    } finally {
      run.destroy();
    }
  } finally {
    gpu.destroy();
  }
}

/** @throws Error where an arm's mean is not the one that the run recorded. */
function checkAgainst(name: string, record: QueryRanks): void {
  for (const [arm, { success_1: recorded }] of Object.entries(figuresOf(name).arms)) {
    if (!record.ranks[arm]) continue;
    const found = mean(successes(record, arm));
    if (Math.abs(found - recorded) < 1e-9) continue;
    throw new Error(`${name}: Success@1 of ${arm} is ${found}, expected ${recorded}, which the run recorded`);
  }
}
