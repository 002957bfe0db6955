import { importedFiles, readClusterRun } from '../../../cluster/import';
import type { Session } from '../../../config/session';
import { checkSession } from '../../../config/session-checks';
import { totalSteps } from '../../../config/stages';
import type { Evaluation } from '../../../records/records';
import { pack } from '../../../runs/pack';
import { broughtName, isBrought } from '../../../tasks/brought';
import { createTask, dataFilesOf } from '../../../tasks/registry';
import { dataAt } from '../../../tasks/task-data';
import { taskOf, type SessionData } from '../../../training/base';
import { SessionRun, type RunState } from '../../../training/session-run';
import { SILENT } from '../../../training/silent';
import { Arguments } from '../args';
import { BaseArgument } from '../base-argument';
import { openFolder } from '../files';
import { openGpu } from '../gpu';
import { checkNew, checkOutput, writeFolder, writeOutput } from '../output-file';
import { printResult } from '../output';
import { readTaskData } from '../task-data';

/**
 * `lab import DIR --out RUN`: imports what a cluster trained, as a run's folder or as the run.zip that the page opens.
 */
export default async function run(argv: readonly string[]): Promise<number> {
  const args = new Arguments(argv, {
    usage: 'import DIR --out RUN_DIR_OR_FILE.run.zip [--data DIR_OR_FILE] [--base MODEL]',
    positionals: ['DIR'],
    flags: { out: 'value', data: 'value', base: 'value' },
  });
  const from = args.positionals[0]!;
  const out = args.required('out');
  const isFile = out.endsWith('.zip');
  if (isFile) checkOutput(out, '--out');
  else checkNew(out);
  const folder = openFolder(from, 'the folder run/ that train.py wrote');
  const found = await readClusterRun(folder.read, from);
  checkSession(found.session);
  const data = await readTaskData(found.session.task, args.optional('data') ?? null);
  createTask(found.session.task, found.session.seed, data);
  const base = await new BaseArgument(args).open(found.session);
  const task = taskOf(found.session, { files: data, base });
  const evaluate = (state: RunState) => finalEvaluation(found.session, { files: data, base }, state);
  const files = await importedFiles(folder.read, from, found, { task, base }, Date.now(), evaluate);
  if (isFile) {
    for (const file of dataFilesOf(found.session.task)) {
      if (isBrought(file)) files.set(broughtName(found.session.task), new Uint8Array(dataAt(data, file)));
    }
    writeOutput(out, pack(files));
  } else await writeFolder(out, files);
  printResult({ out, steps: totalSteps(found.session) });
  return 0;
}

/** Evaluates the model as the lab does at the end of a run: on its held-out queries, both ways, with exact search. */
async function finalEvaluation(session: Session, { files, base }: SessionData, state: RunState): Promise<Evaluation> {
  const gpu = await openGpu();
  const run = new SessionRun(gpu, session, SILENT, files, [], base);
  try {
    await run.load();
    await run.restore(state);
    return await run.finalEvaluation();
  } finally {
    run.destroy();
    gpu.destroy();
  }
}
