import { NUMERICS } from '../../../config/numerics';
import { planStages, stepWords, totalSteps, type StagePlan } from '../../../config/stages';
import { checkSession } from '../../../config/session-checks';
import { InputError } from '../../../lib/errors';
import type { StepMetrics } from '../../../records/records';
import { checkpointFiles } from '../../../training/checkpoint-files';
import { modelCard } from '../../../training/model-card';
import { SessionRun, type RunObserver, type RunState } from '../../../training/session-run';
import { createTask } from '../../../tasks/registry';
import { Arguments } from '../args';
import { FORK_FLAGS, FORK_USAGE, forkArgument } from '../fork-argument';
import { ForkReport } from '../fork-report';
import { openGpu } from '../gpu';
import { printResult, progress } from '../output';
import { RunFolder } from '../run-folder';
import { readTaskData, withOwnDocuments } from '../task-data';

/** `run SESSION --out DIR`: trains, evaluates, and writes the run's folder. */
export async function run(argv: readonly string[]): Promise<number> {
  const args = new Arguments(argv, {
    usage: `run SESSION --out DIR [--data DIR_OR_FILE] ${FORK_USAGE} [--resume] [--stop-after-step N]`,
    positionals: ['SESSION'],
    flags: { ...FORK_FLAGS, out: 'value', data: 'value', resume: 'switch', 'stop-after-step': 'value' },
  });
  const own = args.has('data') ? args.required('data') : null;
  const { session: asked, ancestors: from = [] } = forkArgument(args);
  const session = await withOwnDocuments(asked, own);
  const ancestors = await Promise.all(
    from.map(async (ancestor) => ({ ...ancestor, session: await withOwnDocuments(ancestor.session, own) })),
  );
  checkSession(session);
  // Refuses what only the task can know, before anything is written.
  const data = await readTaskData(session.task, own);
  const { documents } = createTask(session.task, session.seed, data);
  const stopAfter = args.integer('stop-after-step', {
    fallback: Number.MAX_SAFE_INTEGER,
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
  });
  const { folder, state } = RunFolder.open(args.required('out'), session, args.has('resume'), ancestors);
  const total = totalSteps(session);
  if (total === 0)
    throw new InputError('session: no stage has steps, expected at least one step in pretrain, sft or grpo');

  const gpu = await openGpu();
  folder.begin(state?.step ?? 0, documents.length);
  const reporter = new Progress(planStages(session), total);
  const forks = new ForkReport(ancestors);
  const observer: RunObserver = {
    metrics: (steps) => {
      folder.append('metrics.jsonl', steps);
      reporter.steps(steps);
      forks.look(training.fingerprintSoFar.perStep);
    },
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
    graphStart: (start, positions) => {
      folder.saveGraphStart(start, positions);
    },
    checkpoint: (saved) => {
      save(folder, training, saved);
      return Promise.resolve();
    },
  };
  const training = new SessionRun(gpu, session, observer, data, ancestors);
  if (state) await training.restore(state);
  while (training.step < stopAfter && (await training.advance(stopAfter - training.step)));
  save(folder, training, await training.checkpointNow());
  const evaluation = await training.finalEvaluation();
  folder.saveJson('evaluation.json', evaluation);
  const { value, perStep } = training.fingerprintSoFar;
  folder.saveAncestors(perStep);
  folder.saveJson('fingerprint.json', { fingerprint: value, numerics: NUMERICS, steps: perStep });
  const { step, task } = training;
  const about = { name: session.title || session.task.name, session, task, step, totalSteps: total, evaluation };
  const adapter = [gpu.adapter.vendor, gpu.adapter.architecture].filter(Boolean).join(' ');
  folder.saveCard(modelCard({ ...about, fingerprint: training.isFinished ? value : null, adapter }));
  printResult({ out: folder.path, step: training.step, fingerprint: value, evaluation });
  training.destroy();
  gpu.destroy();
  return 0;
}

function save(folder: RunFolder, training: SessionRun, state: RunState): void {
  folder.saveCheckpoint(checkpointFiles(training.session, training.task, state.weights));
  folder.saveState(state);
}

/** A line on stderr every few seconds. */
class Progress {
  private last = 0;

  constructor(
    private readonly stages: readonly StagePlan[],
    private readonly total: number,
  ) {}

  steps(steps: readonly StepMetrics[]): void {
    const line = steps.at(-1);
    if (!line || (performance.now() - this.last < 5000 && line.step < this.total)) return;
    this.last = performance.now();
    const seconds = line['time/step'];
    const left = typeof seconds === 'number' ? `, ${Math.ceil((this.total - line.step) * seconds)} s left` : '';
    progress(`${stepWords(this.stages, line.step)}: loss ${line.loss.toFixed(4)}${left}`);
  }
}
