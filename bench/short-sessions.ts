/**
 * The sessions whose fingerprints are compared: every preset, cut to a few steps of each of its stages, and tiny
 * sessions for what no preset uses. They run as `lab run` does, without its folder.
 */
import { createHash } from 'node:crypto';
import { applySettings } from '../src/config/edit-session';
import { parseSession } from '../src/config/parse-session';
import { PRESETS, presetSession } from '../src/config/presets';
import { secondsSession } from '../src/config/seconds.test-data';
import type { PartialSession, Session } from '../src/config/session';
import { STAGES } from '../src/config/stages';
import type { Gpu } from '../src/gpu/gpu';
import { readTaskData } from '../src/host/node/task-data';
import { sha256 } from '../src/lib/hash';
import type { Evaluation } from '../src/records/records';
import { dataFilesOf } from '../src/tasks/registry';
import { NO_DATA, type TaskData } from '../src/tasks/task-data';
import { textCorpus } from '../src/tasks/text/text.test-data';
import { SessionRun } from '../src/training/session-run';

export interface ShortSession {
  name: string;
  session: Session;
}

/** The result of a short run; equal where every bit is. */
export interface ShortResult {
  fingerprint: string;
  /** Four digits of each step's link of the fingerprint, which show the step where two runs part. */
  steps: string;
  /** A hash of the model's final metrics and intervals, which the fingerprint does not cover. */
  evaluation: string;
}

/** Training documents for the task of one's own. */
const CORPUS = textCorpus(60).bytes;

const EVALUATION = [
  'evaluation.every=4',
  'evaluation.queries_per_depth=4',
  'evaluation.final_queries_per_depth=6',
  'evaluation.bootstrap=20',
  'checkpoint.every=0',
];
const GRPO = ['grpo.gate=false', 'environment.audit_every=2', 'environment.rank_every=2'];
const STEPS = { pretrain: 2, sft: 4, grpo: 2 };

/** A preset cut short: as many of its stages, a few steps of each. */
function shortPreset(name: string): ShortSession {
  const whole = presetSession(name)!;
  const stages = STAGES.map((stage) => `${stage}.steps=${Math.min(STEPS[stage], whole[stage].steps)}`);
  const own =
    whole.task.name === 'text'
      ? [`task.corpus=${sha256(CORPUS)}`, 'task.vocabulary=400', 'sft.batch_size=12']
      : [...GRPO, ...fewTopics(whole), 'grpo.batch_size=16'];
  return { name, session: applySettings(whole, [...stages, ...EVALUATION, ...own]) };
}

const fewTopics = ({ task }: Session): string[] =>
  'topics' in task ? [`task.topics=${Math.min(32, task.topics)}`] : [];

const tiny = (name: string, overrides: PartialSession): ShortSession => ({
  name: `tiny ${name}`,
  session: parseSession(secondsSession(overrides)),
});

/** Tiny sessions for what no preset uses; each takes a second or two, so that CI runs them. */
export const TINY_SESSIONS: readonly ShortSession[] = [
  tiny('llama', { environment: { audit_every: 1, rank_every: 1 } }),
  tiny('qwen2, untied, all losses', {
    model: { model_type: 'qwen2', tie_word_embeddings: false },
    sft: { weight_kl: 0.3, weight_triplet: 0.5, curriculum: true },
    grpo: { steps: 3, num_iterations: 2, contrastive_weight: 0.5, contrastive_min_reward: 0.01, scale_rewards: true },
    environment: { policy: 'periodic', period: 2 },
  }),
  tiny('qwen3, top-k and top-p', {
    model: { model_type: 'qwen3' },
    sft: { mode: 'filler', weight_decay: 0.1 },
    grpo: { steps: 3, top_k: 12, top_p: 0.9, temperature: 0.7, beta: 0 },
    environment: { policy: 'full' },
  }),
  tiny('products of halves, sums in parts', { model: { fp16: true, numerics: 2 } }),
];

/** Every preset cut short, kin-quick as it is, and the tiny ones. */
export function allSessions(): ShortSession[] {
  return [
    ...TINY_SESSIONS,
    ...PRESETS.map(({ name }) => shortPreset(name)),
    { name: 'kin-quick, whole', session: presetSession('kin-quick')! },
  ];
}

async function dataOf({ task }: Session): Promise<TaskData> {
  if (task.name !== 'text') return readTaskData(task);
  return new Map(dataFilesOf(task).map(({ path }) => [path, CORPUS]));
}

const METRICS = ['ndcg_cut_10', 'recall_100', 'recip_rank_cut_10', 'map', 'success_1', 'queries', 'ci95'] as const;

/** Arms that depend on BM25: the way it cuts texts into words may improve without any change of the model's bits. */
const LEXICAL = ['bm25', 'fusion'];

/** A hash of the final scores by the arms' names, so that other fields or another order of them change nothing. */
function evaluationHash(evaluation: Evaluation): string {
  const lines = Object.entries(evaluation).flatMap(([split, arms]) =>
    Object.entries(arms).flatMap(([arm, result]) => {
      if (LEXICAL.includes(arm)) return [];
      const found = new Map<string, unknown>(Object.entries(result));
      return [`${split} ${arm} ${METRICS.map((name) => JSON.stringify(found.get(name))).join(' ')}`];
    }),
  );
  return createHash('sha256').update(lines.sort().join('\n')).digest('hex').slice(0, 12);
}

const nothing = (): void => undefined;

/** Runs a session to its end and evaluates it, as `lab run` does. */
export async function runShort(gpu: Gpu, session: Session): Promise<ShortResult> {
  const data = session.task.name === 'kin' ? NO_DATA : await dataOf(session);
  const observer = { metrics: nothing, evaluation: nothing, dev: nothing, traces: nothing, graph: nothing };
  const run = new SessionRun(gpu, session, { ...observer, checkpoint: () => Promise.resolve() }, data);
  try {
    while (await run.advance());
    const evaluation = evaluationHash(await run.finalEvaluation());
    const { value, perStep } = run.fingerprintSoFar;
    return { fingerprint: value, steps: perStep.map((link) => link.slice(0, 4)).join(' '), evaluation };
  } finally {
    run.destroy();
  }
}

/** Says where two results differ; null where they are the same. */
export function difference(found: ShortResult, recorded: ShortResult): string | null {
  if (found.fingerprint !== recorded.fingerprint) {
    const [steps, known] = [found.steps.split(' '), recorded.steps.split(' ')];
    const at = steps.findIndex((link, i) => link !== known[i]);
    const where = at < 0 ? `after step ${steps.length} of ${known.length}` : `from step ${at + 1} on`;
    return `differs ${where}: ${found.fingerprint.slice(0, 12)}, recorded ${recorded.fingerprint.slice(0, 12)}`;
  }
  return found.evaluation === recorded.evaluation
    ? null
    : `ends with another evaluation: ${found.evaluation}, recorded ${recorded.evaluation}`;
}
