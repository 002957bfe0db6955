import { canBeginAt, checkHandOver, handOverFiles } from '../../cluster/hand-over';
import { importedFiles, readClusterRun } from '../../cluster/import';
import type { ReadFile } from '../../cluster/trained-weights';
import type { StartModel } from '../../cluster/hand-over';
import { trainedStart } from '../../cluster/start-model';
import { checkSession } from '../../config/session-checks';
import type { Session } from '../../config/session';
import { InputError } from '../../lib/errors';
import { pack } from '../../runs/pack';
import { taskOf, type SessionData } from '../../training/base';
import type { Task } from '../../tasks/task';
import type { Teacher, TeacherVectors } from '../../training/teacher';
import type { EncodedStore } from './benchmark/encoded-store';
import type { CollectionFile } from './messages';
import type { Engine } from './engine';
import type { Exports } from './exports';
import { keptBase } from './models/kept-base';
import { checkTeacherIsHere, keptTeacher } from './models/kept-teacher';
import type { ModelStore } from './models/model-store';
import type { OwnDocuments } from './own-documents';
import { storeArchive } from './runs/archive';
import type { RunStore } from './runs/run-store';
import type { TaskFiles } from './task-data';

const never = (): AbortSignal => new AbortController().signal;

/** Number of steps between two pauses in which the worker receives messages. */
const AT_ONCE = 8;

/** What a hand-over reads and computes with. */
export interface HandOverParts {
  store: RunStore;
  files: TaskFiles;
  models: ModelStore;
  /** Where a teacher's embeddings are kept. */
  encoded: EncodedStore;
  engine: Engine;
  exports: Exports;
}

/**
 * A run's session as the folder that trains it on a cluster, zipped a piece at a time. Its start model is the run's own
 * where that was kept at the end of a stage that is not the last; otherwise stage 0 is trained again, on a device of
 * its own.
 * @throws InputError for a session that a cluster cannot continue, and for more than one zip or this storage holds.
 */
export async function handOverZip(
  { store, files, models, encoded, engine, exports }: HandOverParts,
  run: string,
): Promise<Blob> {
  const { session, ancestors = [] } = await store.fileOf(run);
  if (ancestors.length > 0) throw new InputError('a fork cannot be handed over, expected a session of its own');
  checkHandOver(session);
  const data = { files: await files.ready(session, never()), base: await keptBase(models, session) };
  const teacher = await keptTeacher(models, session, encoded);
  checkTeacherIsHere(session, teacher);
  const task = taskOf(session, data);
  const start = (await keptStart(store, run, session)) ?? (await newStart(engine, session, data));
  const ranked = teacher && (await embedded(engine, teacher, task));
  return exports.zip(await handOverFiles(session, task, start, data.base, ranked), never(), () => undefined);
}

/** A teacher's embeddings of the task's texts, which go to the cluster in its place. */
async function embedded(engine: Engine, teacher: Teacher, task: Task): Promise<TeacherVectors> {
  const device = await engine.open();
  try {
    return await device.taught(teacher, task);
  } finally {
    device.destroy();
  }
}

async function keptStart(store: RunStore, run: string, session: Session): Promise<StartModel | null> {
  const state = await store.state(run);
  if (!state || !canBeginAt(session, state.step)) return null;
  const { metrics } = await store.curves(run);
  return { weights: state.weights, step: state.step, metrics: metrics.filter(({ step }) => step <= state.step) };
}

/** Trains stage 0 on a device of its own for the start model. */
async function newStart(engine: Engine, session: Session, data: SessionData): Promise<StartModel> {
  if (data.base) return { weights: null, step: 0, metrics: [] };
  const device = await engine.open();
  try {
    return await trainedStart(session, (observer) => device.train(session, data, observer, []), AT_ONCE);
  } finally {
    device.destroy();
  }
}

/**
 * Imports the folder that a cluster trained, as a new run.
 * @throws InputError in one sentence for anything else; nothing is kept of it then.
 * @returns its name here.
 */
export async function importClusterFolder(
  store: RunStore,
  taskFiles: TaskFiles,
  models: ModelStore,
  own: OwnDocuments | null,
  name: string,
  folder: readonly CollectionFile[],
): Promise<string> {
  const byPath = new Map(folder.map(({ path, file }) => [path, file]));
  const read: ReadFile = async (path) => {
    const file = byPath.get(path);
    return file ? new Uint8Array(await file.arrayBuffer()) : null;
  };
  const found = await readClusterRun(read, name);
  checkSession(found.session);
  const data = await taskFiles.ready(found.session, never());
  const base = await keptBase(models, found.session);
  const task = taskOf(found.session, { files: data, base });
  const files = await importedFiles(read, name, found, { task, base }, Date.now());
  return storeArchive(store, new Blob([pack(files)]), own);
}
