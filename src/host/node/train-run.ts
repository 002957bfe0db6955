import { planStages, stepWords, totalSteps, type StagePlan } from '../../config/stages';
import type { Ancestors } from '../../config/ancestors';
import type { Session } from '../../config/session';
import type { Gpu } from '../../gpu/gpu';
import type { Evaluation, StepMetrics } from '../../records/records';
import type { TaskData } from '../../tasks/task-data';
import { InputError } from '../../lib/errors';
import type { Base } from '../../training/base';
import { checkpointFiles } from '../../training/checkpoint-files';
import { DivergedError, faultSentence } from '../../training/diverged';
import { findFault } from '../../training/find-fault';
import { modelCard } from '../../training/model-card';
import type { Teacher } from '../../training/teacher';
import { SessionRun, type RunObserver, type RunState } from '../../training/session-run';
import type { ForkReport } from './fork-report';
import { progress } from './output';
import type { RunFolder } from './run-folder';

export interface TrainOptions {
  session: Session;
  ancestors?: Ancestors;
  data: TaskData;
  folder: RunFolder;
  /** The state to continue from; null starts at the first step. */
  state: RunState | null;
  stopAfter?: number;
  forks?: ForkReport;
  /** The base that the session starts from, where it names one. */
  base?: Base | null;
  /** The teacher whose ranking stage 1 learns, where the session names one. */
  teacher?: Teacher | null;
}

/** The result of a run. */
export interface Trained {
  step: number;
  fingerprint: string;
  evaluation: Evaluation;
}

/**
 * Runs a session into its folder, evaluates it, and writes every file of a run.
 * @throws InputError where the run's numbers are no longer finite: what caused it, where, and how to continue from
 * before it.
 */
export async function trainRun(gpu: Gpu, options: TrainOptions): Promise<Trained> {
  try {
    return await trainToTheEnd(gpu, options);
  } catch (error) {
    if (error instanceof DivergedError) throw await explained(gpu, error, options);
    throw error;
  }
}

const sessionRun = (gpu: Gpu, options: TrainOptions, observer: RunObserver): SessionRun => {
  const { session, data, ancestors = [], base = null, teacher = null } = options;
  return new SessionRun(gpu, session, observer, data, ancestors, base, teacher);
};

/** Trains and evaluates; the run's GPU memory is released however it ends. */
async function trainToTheEnd(gpu: Gpu, options: TrainOptions): Promise<Trained> {
  const { session, folder, state, stopAfter = Infinity, forks, base = null } = options;
  const total = totalSteps(session);
  const reporter = new Progress(planStages(session), total);
  const observer: RunObserver = {
    metrics: (steps) => {
      folder.append('metrics.jsonl', steps);
      reporter.steps(steps);
      forks?.look(training.fingerprintSoFar.perStep);
    },
    teaching: (done, all) => reporter.texts(done, all),
    evaluation: (point) => {
      folder.append('dev.jsonl', [point]);
      const scores = Object.entries(point.arms).map(([arm, result]) => `${arm} ${result.ndcg_cut_10.toFixed(3)}`);
      progress(`step ${point.step}: dev nDCG@10 ${scores.join(', ')}`);
    },
    dev: (traces) => folder.append('dev-traces.jsonl', traces),
    traces: (traces) => folder.append('traces.jsonl', traces),
    graph: (record, positions) => {
      folder.append('graph.jsonl', [record]);
      folder.appendPositions(record.step, positions);
    },
    graphStart: (start, positions) => folder.saveGraphStart(start, positions),
    checkpoint: (saved) => {
      save(folder, training, saved, base);
      return Promise.resolve();
    },
  };
  const training = sessionRun(gpu, options, observer);
  try {
    folder.begin(state?.step ?? 0, training.task.documents.length);
    await training.load();
    if (state) await training.restore(state);
    while (training.step < stopAfter && (await training.advance(stopAfter - training.step)));
    const last = await training.checkpointNow();
    save(folder, training, last, base);
    const evaluation = await training.finalEvaluation();
    folder.saveJson('evaluation.json', evaluation);
    const { value, perStep } = training.fingerprintSoFar;
    folder.saveAncestors(perStep);
    const adapter = [gpu.adapter.vendor, gpu.adapter.architecture].filter(Boolean).join(' ');
    const { numerics } = options.session.model;
    folder.saveJson('fingerprint.json', { fingerprint: value, numerics, adapter, steps: perStep });
    const { step, task } = training;
    const about = { name: session.title || session.task.name, session, task, step, totalSteps: total, evaluation };
    folder.saveCard(modelCard({ ...about, fingerprint: training.isFinished ? value : null, adapter }));
    return { step, fingerprint: value, evaluation };
  } finally {
    training.destroy();
  }
}

/** The error of a divergence: what went wrong, where, and how to continue from before it. */
async function explained(gpu: Gpu, seen: DivergedError, options: TrainOptions): Promise<InputError> {
  const state = options.folder.state();
  const make = (observer: RunObserver) => sessionRun(gpu, options, observer);
  progress(`${seen.message}: the steps since the last good state are run again, with checks`);
  const from = state?.step ?? 0;
  const fault = await findFault(gpu, { make, state, step: seen.step, isCancelled: () => false });
  const goOn =
    from > 0
      ? `the state of step ${from} is kept; to go on from there with other settings, run the session with --fork ${from} --set PATH=VALUE, a lower learning_rate for instance`
      : 'run the session with other settings, a lower learning_rate for instance';
  return new InputError(`${faultSentence(seen, fault, from)}; ${goOn}`, 'diverged');
}

function save(folder: RunFolder, training: SessionRun, state: RunState, base: Base | null): void {
  folder.saveCheckpoint(checkpointFiles(training.session, training.task, state.weights, base));
  folder.saveState(state);
}

/** Prints a line of progress to stderr every few seconds. */
class Progress {
  private last = 0;

  constructor(
    private readonly stages: readonly StagePlan[],
    private readonly total: number,
  ) {}

  /** Reports the number of texts that the teacher has embedded. */
  texts(done: number, all: number): void {
    if (performance.now() - this.last < 5000 && done < all) return;
    this.last = performance.now();
    progress(`the teacher has read ${done} of ${all} texts`);
  }

  steps(steps: readonly StepMetrics[]): void {
    const line = steps.at(-1);
    if (!line || (performance.now() - this.last < 5000 && line.step < this.total)) return;
    this.last = performance.now();
    const seconds = line['time/step'];
    const left = typeof seconds === 'number' ? `, ${Math.ceil((this.total - line.step) * seconds)} s left` : '';
    progress(`${stepWords(this.stages, line.step)}: loss ${line.loss.toFixed(4)}${left}`);
  }
}
