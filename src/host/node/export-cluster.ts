import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { canBeginAt, checkHandOver, handOverFiles, stepsBefore } from '../../cluster/hand-over';
import type { StartModel } from '../../cluster/hand-over';
import { trainedStart } from '../../cluster/start-model';
import { applySettings } from '../../config/edit-session';
import { checkSession } from '../../config/session-checks';
import type { Session } from '../../config/session';
import { InputError } from '../../lib/errors';
import { metricsSchema } from '../../records/record-schemas';
import { runHash } from '../../session/session-hash';
import { createTask } from '../../tasks/registry';
import type { Task } from '../../tasks/task';
import type { TaskData } from '../../tasks/task-data';
import { taskOf } from '../../training/base';
import { readRunState } from '../../training/run-state-file';
import { SessionRun } from '../../training/session-run';
import { teacherVectors, type Teacher, type TeacherVectors } from '../../training/teacher';
import type { Arguments } from './args';
import { BaseArgument } from './base-argument';
import { openGpu } from './gpu';
import { progress, progressOf } from './output';
import { checkNew, writeFolder } from './output-file';
import { linesOf } from './run-archive';
import { sessionArgument } from './session-argument';
import { readTaskData, withOwnDocuments } from './task-data';
import { TeacherArgument } from './teacher-argument';

/**
 * Writes the folder that a cluster trains. Its start model is that of the run named as SESSION, where that run ended at
 * the end of a stage that is not the last; otherwise stage 0 is trained here.
 * @throws InputError before anything is written.
 */
export async function exportToCluster(args: Arguments): Promise<object> {
  const [argument = ''] = args.positionals;
  const own = args.has('data') ? args.required('data') : null;
  const shared = sessionArgument(argument);
  if (shared.ancestors && shared.ancestors.length > 0) {
    throw new InputError(`${argument}: a fork, expected a session of its own to hand over`);
  }
  const named = new BaseArgument(args);
  const teaching = new TeacherArgument(args);
  const asked = await teaching.startFrom(await named.startFrom(shared.session));
  const session = await withOwnDocuments(applySettings(asked, args.all('set')), own);
  checkSession(session);
  checkHandOver(session);
  const out = args.required('out');
  checkNew(out);
  const data = await readTaskData(session.task, own);
  createTask(session.task, session.seed, data);
  const base = await named.open(session);
  const teacher = await teaching.open(session);
  const task = taskOf(session, { files: data, base });
  const start = keptState(argument, session) ?? (await newStart(session, data));
  const ranked = teacher && (await embedded(teacher, task));
  const files = await handOverFiles(session, task, start, base, ranked);
  await writeFolder(out, files);
  const bytes = [...files.values()].reduce((sum, file) => sum + ('pieces' in file ? file.bytes : file.length), 0);
  return { out, files: files.size, bytes, step: start.step };
}

/** The start model from a run's folder; null where the remaining stages cannot begin from its state. */
function keptState(folder: string, session: Session): StartModel | null {
  const path = join(folder, 'state.safetensors');
  if (folder === '' || !existsSync(path)) return null;
  const state = readRunState(readFileSync(path), runHash(session, []), path);
  if (canBeginAt(session, state.step))
    return { ...state, metrics: linesOf(join(folder, 'metrics.jsonl'), metricsSchema) };
  const anew = session.model.base.sha256 === '' ? 'stage 0 is trained anew' : 'training begins at its base';
  progress(`${folder}: its model is of step ${state.step}, at no stage's end before the last: ${anew}`);
  return null;
}

/** A teacher's embeddings of the task's texts, which go to the cluster in its place. */
async function embedded(teacher: Teacher, task: Task): Promise<TeacherVectors> {
  const gpu = await openGpu();
  try {
    return await teacherVectors(gpu, teacher, task, progressOf('texts embedded by the teacher'));
  } finally {
    gpu.destroy();
  }
}

async function newStart(session: Session, data: TaskData): Promise<StartModel> {
  // A base is trained already; a cluster may take one that no device here has room for.
  if (session.model.base.sha256 !== '') return { weights: null, step: 0, metrics: [] };
  const until = stepsBefore(session);
  if (until > 0) progress(`stage 0: ${until} steps before the hand-over`);
  const gpu = await openGpu();
  try {
    return await trainedStart(session, (observer) => {
      const run = new SessionRun(gpu, session, observer, data);
      return {
        get step() {
          return run.step;
        },
        advance: (limit) => run.advance(limit),
        checkpoint: () => run.checkpointNow(),
      };
    });
  } finally {
    gpu.destroy();
  }
}
