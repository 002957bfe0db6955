import { parseSession, parseShape } from '../../../config/parse-session';
import { totalSteps } from '../../../config/stages';
import { checkSession } from '../../../config/session-checks';
import { InputError } from '../../../lib/errors';
import { createTask } from '../../../tasks/registry';
import { PROBE_PATH } from '../../../tasks/world/files';
import { Arguments } from '../args';
import { BaseArgument } from '../base-argument';
import { changedBy, FORK_FLAGS, FORK_USAGE, forkArgument } from '../fork-argument';
import { ForkReport } from '../fork-report';
import { openTunedGpu } from '../tune-once';
import { printResult } from '../output';
import { RunFolder } from '../run-folder';
import { sessionArgument } from '../session-argument';
import { TeacherArgument } from '../teacher-argument';
import { trainWhatFits } from '../train-what-fits';
import { probeArgument } from '../world-probe';
import { readTaskData, withOwnDocuments } from '../task-data';

/** `run SESSION --out DIR`: trains, evaluates, and writes the run's folder. */
export default async function run(argv: readonly string[]): Promise<number> {
  const args = new Arguments(argv, {
    usage: `run SESSION --out DIR [--data DIR_OR_FILE] [--base MODEL] [--teacher MODEL] ${FORK_USAGE} [--resume] [--stop-after-step N]`,
    positionals: ['SESSION'],
    flags: {
      ...FORK_FLAGS,
      out: 'value',
      data: 'value',
      base: 'value',
      teacher: 'value',
      resume: 'switch',
      'stop-after-step': 'value',
    },
  });
  const base = new BaseArgument(args);
  const teacher = new TeacherArgument(args);
  // A file that is to start from the given models need not name them; what it then is stands before the checks.
  const given = args.has('base') || args.has('teacher');
  const shared = sessionArgument(args.positionals[0] ?? '', given ? parseShape : parseSession);
  const based = { ...shared, session: await teacher.startFrom(await base.startFrom(shared.session)) };
  const { session: asked, ancestors: from = [] } = forkArgument(args, based, () => undefined);
  const own = await probeArgument(asked, args.has('data') ? args.required('data') : null, base);
  const session = await withOwnDocuments(asked, own);
  const ancestors = await Promise.all(
    from.map(async (ancestor) => ({ ...ancestor, session: await withOwnDocuments(ancestor.session, own) })),
  );
  checkSession(session, changedBy(args));
  // Refuses what only the task can know, before anything is written.
  const data = await readTaskData(session.task, own);
  createTask(session.task, session.seed, data);
  const opened = await base.open(session);
  const taughtBy = await teacher.open(session);
  const stopAfter = args.integer('stop-after-step', {
    fallback: Number.MAX_SAFE_INTEGER,
    min: 1,
    max: Number.MAX_SAFE_INTEGER,
  });
  const { folder, state } = RunFolder.open(args.required('out'), session, args.has('resume'), { ancestors });
  if (totalSteps(session) === 0)
    throw new InputError('session: no stage has steps, expected at least one step in pretrain, sft or grpo');

  const probe = data.get(PROBE_PATH);
  if (probe) folder.saveProbe(probe);
  const forks = new ForkReport(folder.ancestors);
  const trained = await trainWhatFits(openTunedGpu, {
    data,
    folder,
    state,
    stopAfter,
    forks,
    base: opened,
    teacher: taughtBy,
  });
  printResult({ out: folder.path, ...trained });
  return 0;
}
