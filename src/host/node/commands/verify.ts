import type { Ancestors } from '../../../config/ancestors';
import { partsSentence, partsWords } from '../../../config/micro-batches';
import { FIRST_NUMERICS, numericsSentence } from '../../../config/numerics';
import { totalSteps } from '../../../config/stages';
import type { Session } from '../../../config/session';
import type { Gpu } from '../../../gpu/gpu';
import { InputError } from '../../../lib/errors';
import { compareMarks } from '../../../records/marks';
import { toleranceSentence } from '../../../records/reproduction';
import type { LinkClaim } from '../../../session/link-extras';
import { createTask } from '../../../tasks/registry';
import { NO_DATA, type TaskData } from '../../../tasks/task-data';
import type { Base } from '../../../training/base';
import { SessionRun } from '../../../training/session-run';
import type { Teacher } from '../../../training/teacher';
import { SILENT } from '../../../training/silent';
import { Arguments } from '../args';
import { agreement, driftOf, type Agreement, type Drift } from '../compare-run';
import { BaseArgument } from '../base-argument';
import { ForkReport } from '../fork-report';
import { openGpu } from '../gpu';
import { printResult, progress } from '../output';
import { headline, readRecordedRun, type RecordedRun } from '../recorded-run';
import { sessionArgument } from '../session-argument';
import { readTaskData, withOwnDocuments } from '../task-data';
import { TeacherArgument } from '../teacher-argument';
import { probeArgument } from '../world-probe';

/** Milliseconds between two lines of progress. */
const REPORT_EVERY = 5000;

/** `verify SESSION_OR_LINK [--against DIR]`: runs a session again and compares fingerprints; writes nothing. */
export default async function run(argv: readonly string[]): Promise<number> {
  const args = new Arguments(argv, {
    usage: 'verify SESSION_OR_LINK [--against DIR] [--data DIR_OR_FILE] [--base MODEL] [--teacher MODEL]',
    positionals: ['SESSION_OR_LINK'],
    flags: { against: 'value', data: 'value', base: 'value', teacher: 'value' },
  });
  const { session: asked, claim, ancestors: from = [] } = sessionArgument(args.positionals[0]!);
  const based = new BaseArgument(args);
  const own = await probeArgument(asked, args.has('data') ? args.required('data') : null, based);
  const session = await withOwnDocuments(asked, own);
  const ancestors = await Promise.all(
    from.map(async (ancestor) => ({ ...ancestor, session: await withOwnDocuments(ancestor.session, own) })),
  );
  // Refuses what only the task can know, before a device is opened.
  const data = await readTaskData(session.task, own);
  createTask(session.task, session.seed, data);
  const base = await based.open(session);
  const teacher = await new TeacherArgument(args).open(session);
  const total = totalSteps(session);
  if (total === 0) {
    throw new InputError('session: no stage has steps, expected at least one step in pretrain, sft or grpo');
  }
  const against = args.has('against') ? args.required('against') : null;
  const named = { session, ancestors };
  const recorded = against === null ? fromClaim(claim, session) : readRecordedRun(against, named, total);
  const run = recorded.run ?? named;
  const { micro_batches } = run.session.model;
  const isInMore = micro_batches !== session.model.micro_batches;
  if (isInMore) progress(`the recorded run computed its steps in ${partsWords(run)}: so does this one`);
  const gpu = await openGpu();
  const result = await verify(gpu, run.session, recorded, data, run.ancestors, base, teacher);
  gpu.destroy();
  printResult({ ...result, ...(isInMore ? { micro_batches } : {}) });
  return result.reproduced ? 0 : 1;
}

function fromClaim(claim: LinkClaim | undefined, session: Session): RecordedRun {
  if (claim === undefined) {
    throw new InputError("link: no claim in it, expected a link with its result's fingerprint, or --against DIR");
  }
  const { fingerprint, metrics, numerics = FIRST_NUMERICS, micro_batches = 1 } = claim;
  const differs = partsSentence(micro_batches, session.model.micro_batches);
  if (differs) progress(differs);
  const marks = claim.marks === undefined ? {} : { marks: claim.marks };
  return { fingerprint, numerics, steps: null, losses: [], metrics, ...marks };
}

interface Verified extends Agreement {
  /** Both numerics, where the recorded run added its sums in another order than the session says. */
  numerics?: { recorded: number; here: number };
  drift: Drift | null;
}

/** Runs a session as far as it was recorded, and past the first difference too, so that the drift is measured. */
export async function verify(
  gpu: Gpu,
  session: Session,
  recorded: RecordedRun,
  data: TaskData = NO_DATA,
  ancestors: Ancestors = [],
  base: Base | null = null,
  teacher: Teacher | null = null,
): Promise<Verified> {
  const { numerics: here } = session.model;
  const differs = numericsSentence(recorded.numerics, here);
  if (differs) progress(differs);
  const numerics = differs ? { numerics: { recorded: recorded.numerics, here } } : {};
  const losses: number[] = [];
  const training = new SessionRun(
    gpu,
    session,
    {
      ...SILENT,
      metrics: (lines) => losses.push(...lines.map(({ loss }) => loss)),
    },
    data,
    ancestors,
    base,
    teacher,
  );
  const forks = new ForkReport(ancestors);
  try {
    await training.load();
    const length = recorded.steps?.length ?? training.totalSteps;
    const reporter = new Reporter(recorded, length);
    while (training.step < length && (await training.advance(length - training.step))) {
      reporter.report(training.fingerprintSoFar.perStep);
      forks.look(training.fingerprintSoFar.perStep);
    }
    const agreed = agreement(recorded, training.fingerprintSoFar);
    if (agreed.reproduced) return { ...agreed, ...numerics, drift: null };
    const isWorthIt = Object.keys(recorded.metrics).length > 0;
    const metrics = isWorthIt ? headline(await training.finalEvaluation()) : {};
    const drift = driftOf(session, recorded, agreed, losses, metrics);
    if (drift.within_tolerance !== null) {
      progress(toleranceSentence(session, drift.within_tolerance, drift.curve.length > 0));
    }
    return { ...agreed, ...numerics, drift };
  } finally {
    training.destroy();
  }
}

/** Reports at once where the chains part, and every few seconds the progress of the re-run. */
class Reporter {
  private last = 0;
  private differs = false;

  constructor(
    private readonly recorded: RecordedRun,
    private readonly length: number,
  ) {}

  report(rerun: readonly string[]): void {
    const { steps, marks } = this.recorded;
    const first = this.differs || !steps ? -1 : rerun.findIndex((link, i) => link !== steps[i]);
    const parted = this.differs || steps || marks === undefined ? null : compareMarks(marks, this.length, rerun).parted;
    if (first >= 0 || parted !== null) {
      this.differs = true;
      progress(`step ${parted ?? first + 1}: differs from what was recorded; going on to measure by how much`);
    }
    if (performance.now() - this.last < REPORT_EVERY) return;
    this.last = performance.now();
    const state = this.differs ? 'differs' : (steps ?? marks) ? 'agrees so far' : 'compared at the end';
    progress(`step ${rerun.length}/${this.length}: ${state}`);
  }
}
