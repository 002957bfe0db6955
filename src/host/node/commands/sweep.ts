import { existsSync, mkdirSync, readFileSync, statSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import * as v from 'valibot';
import { sweepFiles } from '../../../cluster/cluster-files';
import { sweepRuns, sweepTable, type SweepRun } from '../../../cluster/sweep';
import { totalSteps } from '../../../config/stages';
import { parseJson } from '../../../formats/json';
import type { Gpu } from '../../../gpu/gpu';
import { InputError } from '../../../lib/errors';
import { evaluationSchema } from '../../../records/record-schemas';
import { createTask } from '../../../tasks/registry';
import { Arguments } from '../args';
import { openGpu } from '../gpu';
import { LeaseLostError, Leases, type HeldLease } from '../leases';
import { printResult, progress } from '../output';
import { writeWhole } from '../output-file';
import { archiveOf } from '../run-archive';
import { RunFolder } from '../run-folder';
import { sessionArgument } from '../session-argument';
import { readTaskData, withOwnDocuments } from '../task-data';
import { trainRun } from '../train-run';

/**
 * `lab sweep`: runs one worker of a sweep. It takes runs that no other worker holds until all are done, and prints the
 * table.
 */
export default async function run(argv: readonly string[]): Promise<number> {
  const args = new Arguments(argv, {
    usage: 'sweep SESSION --out DIR [--set path=a,b …] [--seeds 1..3] [--data DIR_OR_FILE] [--lease SECONDS]',
    positionals: ['SESSION'],
    flags: { out: 'value', set: 'values', seeds: 'value', data: 'value', lease: 'value' },
  });
  const own = args.has('data') ? args.required('data') : null;
  const shared = sessionArgument(args.positionals[0]!);
  if (shared.ancestors && shared.ancestors.length > 0) {
    throw new InputError(`${args.positionals[0]!}: a fork, expected a session of its own to sweep over`);
  }
  const runs = sweepRuns(await withOwnDocuments(shared.session, own), args.all('set'), args.optional('seeds') ?? '');
  if (runs.some(({ session }) => totalSteps(session) === 0)) {
    throw new InputError('sweep: a run whose stages have no steps, expected at least one step in each');
  }
  const lease = 1000 * args.number('lease', { fallback: 60, min: 0.5, max: 86_400 });
  const out = args.required('out');
  const worker = new SweepWorker(runs, out, own, lease);
  worker.prepare([...argv]);
  await worker.work();
  const table = worker.table();
  writeWhole(join(out, 'table.json'), `${JSON.stringify(table, null, 2)}\n`);
  printResult({ out, runs: runs.length, table });
  return 0;
}

class SweepWorker {
  private readonly leases: Leases;
  private gpu: Gpu | null = null;

  constructor(
    private readonly runs: readonly SweepRun[],
    private readonly out: string,
    private readonly documents: string | null,
    lease: number,
  ) {
    const found = statSync(out, { throwIfNoEntry: false });
    if (found && !found.isDirectory()) throw new InputError(`--out: ${out} is a file, expected a folder`);
    const plan = this.planPath;
    if (found && existsSync(plan) && readFileSync(plan, 'utf8') !== this.planText) {
      throw new InputError(`${plan}: another sweep, expected an empty folder or one of this sweep`);
    }
    if (found && !existsSync(plan) && existsSync(join(out, 'session.json'))) {
      throw new InputError(`${out}: the folder of a run, expected an empty folder or one of this sweep`);
    }
    mkdirSync(out, { recursive: true });
    this.leases = new Leases(join(out, 'leases'), `${hostname()}-${process.pid}`, lease);
  }

  private get planPath(): string {
    return join(this.out, 'sweep.json');
  }

  private get planText(): string {
    const runs = this.runs.map(({ name, settings, seed }) => ({ name, settings, seed }));
    return `${JSON.stringify({ session: this.runs[0]!.session, runs }, null, 2)}\n`;
  }

  /** Writes the sweep's description, and files that start more workers. */
  prepare(argv: string[]): void {
    mkdirSync(join(this.out, 'page'), { recursive: true });
    if (!existsSync(this.planPath)) writeWhole(this.planPath, this.planText);
    // On a cluster it starts elsewhere, in the same folders.
    const words = argv.map((word) => (existsSync(word) || word === this.out ? resolve(word) : word));
    for (const [name, contents] of sweepFiles(words)) writeWhole(join(this.out, name), contents);
  }

  /** Works until every run is done, by this worker or another. */
  async work(): Promise<void> {
    for (;;) {
      const open = this.runs.filter(({ name }) => !this.leases.isDone(name));
      if (open.length === 0) break;
      let held: HeldLease | null = null;
      let taken: SweepRun | undefined;
      for (const run of open) {
        held = this.leases.take(run.name);
        taken = run;
        if (held) break;
      }
      if (held && taken) await this.train(taken, held);
      else await new Promise((done) => setTimeout(done, Math.min(1000, this.leases.lease / 8)));
    }
    this.gpu?.destroy();
  }

  private async train(run: SweepRun, held: HeldLease): Promise<void> {
    const { name, session } = run;
    progress(`${name}: ${this.runs.filter((other) => this.leases.isDone(other.name)).length}/${this.runs.length} done`);
    try {
      const data = await readTaskData(session.task, this.documents);
      // Refuses what only the task can know.
      createTask(session.task, session.seed, data);
      this.gpu ??= await openGpu();
      const path = this.folderOf(run);
      held.check();
      const { folder, state } = RunFolder.open(path, session, true, { beforeWrite: () => held.check() });
      await trainRun(this.gpu, { session, data, folder, state });
      const archive = await archiveOf(path, this.documents);
      held.check();
      writeWhole(join(this.out, 'page', `${name}.run.zip`), archive);
      held.finish();
    } catch (error) {
      if (!(error instanceof LeaseLostError)) throw error;
      progress(error.message);
    } finally {
      held.release();
    }
  }

  private folderOf({ name }: SweepRun): string {
    return join(this.out, 'runs', name);
  }

  table() {
    const results = this.runs.map((run) => {
      const path = join(this.folderOf(run), 'evaluation.json');
      const evaluation = v.safeParse(evaluationSchema, parseJson(readFileSync(path, 'utf8'), path));
      if (!evaluation.success) throw new InputError(`${path}: not readable, expected a run's evaluation`);
      return { run, evaluation: evaluation.output };
    });
    return sweepTable(results);
  }
}
