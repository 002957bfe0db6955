/**
 * Compares refresh policies in closed-loop training: stage 2 over Kin with 96 topics (6,144 documents), 16 queries × 8
 * completions, at normal drift (the learning rate of kin-rl) and under stress (kin-stress). Every policy starts from
 * the same stage-1 model, and is rewarded through the index that it keeps. Resumable: a policy that is done is kept
 * under runs/closed-loop/. Writes docs/results/closed-loop.json and docs/closed-loop.md.
 *
 *   node scripts/bench.mjs closed-loop             runs what is missing, then writes the table
 *   node scripts/bench.mjs closed-loop --tables    writes the table from what is there
 */
import { taskSize } from '../src/config/tasks';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import * as v from 'valibot';
import type { PartialSession } from '../src/config/session';
import type { Gpu } from '../src/gpu/gpu';
import { openGpu } from '../src/host/node/gpu';
import { Encoder } from '../src/model/inference';
import type { StepMetrics } from '../src/records/records';
import { dot } from '../src/retrieval/graph/vectors';
import { SessionRun, type RunState } from '../src/training/session-run';
import { SILENT } from '../src/training/silent';
import { closedLoopSession, FOLDER, stageOne, type Environment } from './closed-loop-start';
import { commitNow, today } from './record';
import { isSmall } from './small';
import { adapterName, figure, mean, writeResults } from './long-runs';

const SETTINGS: Record<string, PartialSession['grpo']> = {
  normal: { num_iterations: 1, learning_rate: 5e-4, beta: 0.02, policy_gradient: true, contrastive_weight: 0 },
  stress: {},
};
interface Policy {
  name: string;
  order: number;
  label: string;
  share: string;
  environment: Environment;
  /** Reward error and recall on trajectories that a prototype recorded over as many documents. */
  prototype: { normal: string; stress: string };
}
const POLICIES: Policy[] = [
  {
    name: 'none',
    order: 0,
    label: 'none',
    share: '0',
    environment: { policy: 'none' },
    prototype: { normal: '.0112 / .843', stress: '.0528 / .536' },
  },
  {
    name: 'periodic',
    order: 3,
    label: 'full every 20 steps',
    share: '5% mean',
    environment: { policy: 'periodic', period: 20 },
    prototype: { normal: '.0038 / .940', stress: '.0418 / .687' },
  },
  {
    name: 'oldest-5',
    order: 5,
    label: 'oldest first, no compensation',
    share: '5%',
    environment: { policy: 'local', budget: 0.05, oldest_share: 1, compensate: false },
    prototype: { normal: '.0046 / .932', stress: '.0508 / .644' },
  },
  {
    name: 'local-5-uncompensated',
    order: 4,
    label: 'local, no compensation',
    share: '5%',
    environment: { policy: 'local', budget: 0.05, compensate: false },
    prototype: { normal: '.0004 / .913', stress: '.0125 / .610' },
  },
  {
    name: 'local-5',
    order: 1,
    label: '**local**',
    share: '5%',
    environment: { policy: 'local', budget: 0.05 },
    prototype: { normal: '.0002 / .958', stress: '.0034 / .807' },
  },
  {
    name: 'local-1',
    order: 2,
    label: '**local**',
    share: '1%',
    environment: { policy: 'local', budget: 0.01, oldest_share: 0.2 },
    prototype: { normal: '.0033 / .907', stress: '.019 / .699' },
  },
];

const resultSchema = v.object({
  commit: v.string(),
  steps: v.number(),
  reward_error: v.number(),
  recall: v.number(),
  reward: v.number(),
  reencoded: v.number(),
  /** Median over documents of the cosine with itself one step ago, mean over sampled steps. */
  cosine: v.optional(v.number()),
});
type Result = v.InferOutput<typeof resultSchema>;

const fileOf = (setting: string, policy: string): string => `${FOLDER}/${setting}-${policy}.json`;
async function measure(gpu: Gpu, start: RunState, setting: string, policy: Policy): Promise<Result> {
  const session = closedLoopSession(SETTINGS[setting], policy.environment);
  const lines: StepMetrics[] = [];
  const run = new SessionRun(gpu, session, {
    ...SILENT,
    metrics: (steps) => lines.push(...steps),
  });
  await run.restore(start);
  const drift = policy.name === 'none' ? new DriftMeter(run) : null;
  const { audit_every } = session.environment;
  while (!run.isFinished) {
    const done = run.step - start.step;
    const isSampled = drift !== null && done > 0 && done % audit_every === 0;
    if (isSampled) await drift.before();
    await run.advance(1);
    if (isSampled) await drift.after();
    if (done % 10 === 0) process.stderr.write(`${setting}, ${policy.name}: ${done} of ${session.grpo.steps}\n`);
  }
  drift?.destroy();
  run.destroy();
  const values = (name: string): number[] => lines.flatMap(({ [name]: x }) => (typeof x === 'number' ? [x] : []));
  return {
    commit: commitNow(),
    steps: lines.length,
    reward_error: mean(values('refresh/reward_error')),
    recall: mean(values('refresh/recall')),
    reward: mean(values('reward')),
    reencoded: mean(values('refresh/share')),
    ...(drift ? { cosine: mean(drift.medians) } : {}),
  };
}

/** Measures how far the documents move in one step. */
class DriftMeter {
  readonly medians: number[] = [];
  private readonly encoder: Encoder;
  private vectors = new Float32Array();

  constructor(private readonly run: SessionRun) {
    this.encoder = new Encoder(run.model, 4096, 1024);
  }

  async before(): Promise<void> {
    this.vectors = await this.encoder.encode(this.run.tokens.documents);
  }

  async after(): Promise<void> {
    const now = await this.encoder.encode(this.run.tokens.documents);
    const d = this.run.model.architecture.hidden_size;
    const cosines = Float64Array.from({ length: now.length / d }, (_, i) =>
      dot(now, i * d, this.vectors, i * d, d),
    ).sort();
    this.medians.push(cosines[cosines.length >> 1]!);
  }

  destroy(): void {
    this.encoder.destroy();
  }
}

function readResult(setting: string, policy: string): Result | null {
  const path = fileOf(setting, policy);
  return existsSync(path) ? v.parse(resultSchema, JSON.parse(readFileSync(path, 'utf8'))) : null;
}

if (!process.argv.includes('--tables')) {
  const gpu = await openGpu();
  const start = await stageOne(gpu);
  // What decides comes first.
  const wanted = POLICIES.filter(({ order }) => order <= (isSmall ? 1 : Infinity));
  for (const policy of wanted.sort((a, b) => a.order - b.order)) {
    for (const setting of Object.keys(SETTINGS)) {
      if (readResult(setting, policy.name)) continue;
      const result = await measure(gpu, start, setting, policy);
      process.stderr.write(`${setting}, ${policy.name}: ${JSON.stringify(result)}\n`);
      writeFileSync(fileOf(setting, policy.name), JSON.stringify(result));
    }
  }
  gpu.destroy();
}

const results = Object.fromEntries(
  Object.keys(SETTINGS).map((setting) => [
    setting,
    Object.fromEntries(POLICIES.map(({ name }) => [name, readResult(setting, name)])),
  ]),
);
const small = (x: number): string => x.toFixed(4).replace(/^0\./, '.');
function cells(setting: string, policy: string): string {
  const result = results[setting]?.[policy];
  const none = results[setting]?.['none'];
  if (!result || !none) return ' |  | ';
  const share = policy === 'none' ? '' : `${Math.round((100 * result.reward_error) / none.reward_error)}%`;
  return `${small(result.reward_error)} | ${share} | ${figure(result.recall)}`;
}
const { grpo, task, environment } = closedLoopSession(SETTINGS['stress'], {});
const command = 'node scripts/bench.mjs closed-loop';
const date = today();
const commits = [...new Set(Object.values(results).flatMap((of) => Object.values(of).flatMap((r) => r?.commit ?? [])))];
const cosine = (setting: string): string => results[setting]?.['none']?.cosine?.toFixed(7).replace(/^0\./, '.') ?? '';
writeResults('closed-loop', { command, date, adapter: adapterName(), results }, [
  '# Refresh policies in closed-loop training',
  '',
  `Written by \`${command}\` on ${date}, on ${adapterName()}; the runs began at ${commits.join(', ')}. ${taskSize(task).documents} documents, ${grpo.batch_size} queries × ${grpo.num_generations} completions an update, ${grpo.steps} updates from the same stage-1 model, graph M 16, ef 64. Error: mean |reward − reward by an exact ranking of freshly encoded documents|, every ${environment.audit_every} updates. Of none: that error as a share of the error without any refresh. Recall: share of the exact top 10 that the search after the refresh found. A document's median cosine with itself one update ago is ${cosine('normal')} at normal drift, ${cosine('stress')} under stress.`,
  '',
  '| policy | re-encoded an update | normal: error | of none | recall | stress: error | of none | recall |',
  '|---|---|---|---|---|---|---|---|',
  ...POLICIES.filter(({ name }) => Object.values(results).some((of) => of[name])).map(
    ({ name, label, share }) => `| ${label} | ${share} | ${cells('normal', name)} | ${cells('stress', name)} |`,
  ),
  '',
  'Beside them, what the prototype had whose findings this follows: error / recall on trajectories recorded once, where a document’s cosine with itself one update ago was .99995 and .9985, and what was re-encoded was chosen by relevance × drift × age. A part of each figure is the model’s: compare ratios.',
  '',
  '| policy | re-encoded an update | normal | stress |',
  '|---|---|---|---|',
  ...POLICIES.map(({ label, share, prototype: p }) => `| ${label} | ${share} | ${p.normal} | ${p.stress} |`),
  '',
]);
