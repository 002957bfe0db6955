import { zipSync, type Zippable } from 'fflate';
import { canBeginAt, checkHandOver, handOverFiles } from '../../cluster/hand-over';
import { importedFiles, readClusterRun, type ReadFile } from '../../cluster/import';
import { trainedStart, type StartModel } from '../../cluster/start-model';
import { checkSession } from '../../config/session-checks';
import type { Session } from '../../config/session';
import { InputError } from '../../lib/errors';
import { pack } from '../../runs/pack';
import { createTask } from '../../tasks/registry';
import type { TaskData } from '../../tasks/task-data';
import type { CollectionFile } from './api';
import type { Engine } from './engine';
import type { OwnDocuments } from './own-documents';
import { importRun } from './runs/archive';
import type { RunStore } from './runs/run-store';
import type { TaskFiles } from './task-data';
import { ZIP_TIME } from './trained-model';

const never = (): AbortSignal => new AbortController().signal;

/** Steps at once, so that the worker hears other calls in between. */
const AT_ONCE = 8;

/**
 * A run's session as the folder that trains it on a cluster, zipped. Its start model is the run's own where that lies at a
 * stage's end before the last; otherwise stage 0 is trained again, on a device of its own.
 * @throws InputError for a session that a cluster cannot go on with.
 */
export async function handOverZip(
  store: RunStore,
  files: TaskFiles,
  engine: Engine,
  run: string,
): Promise<Uint8Array<ArrayBuffer>> {
  const { session, ancestors = [] } = await store.fileOf(run);
  if (ancestors.length > 0) throw new InputError('a fork cannot be handed over, expected a session of its own');
  checkHandOver(session);
  const data = await files.ready(session, never());
  const task = createTask(session.task, session.seed, data);
  const { weights, step, metrics } = (await keptStart(store, run, session)) ?? (await newStart(engine, session, data));
  const zippable: Zippable = {};
  for (const [name, bytes] of handOverFiles(session, task, weights, step, metrics)) {
    // Weights do not get smaller.
    zippable[name] = name.endsWith('.safetensors') ? [bytes, { level: 0 }] : bytes;
  }
  return zipSync(zippable, { level: 6, mtime: ZIP_TIME });
}

async function keptStart(store: RunStore, run: string, session: Session): Promise<StartModel | null> {
  const state = await store.state(run);
  if (!state || !canBeginAt(session, state.step)) return null;
  const { metrics } = await store.curves(run);
  return { weights: state.weights, step: state.step, metrics: metrics.filter(({ step }) => step <= state.step) };
}

/** On a device of its own. */
async function newStart(engine: Engine, session: Session, data: TaskData): Promise<StartModel> {
  const device = await engine.open();
  try {
    return await trainedStart(
      session,
      (observer) => device.train(session, { files: data, base: null }, observer, []),
      AT_ONCE,
    );
  } finally {
    device.destroy();
  }
}

/**
 * Takes in the folder that a cluster trained, as a new run.
 * @throws InputError in one sentence for anything else; nothing is kept of it then. @returns its name here.
 */
export async function importClusterFolder(
  store: RunStore,
  taskFiles: TaskFiles,
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
  const task = createTask(found.session.task, found.session.seed, data);
  const files = await importedFiles(read, name, found, task, Date.now());
  return importRun(store, new Blob([pack(files)]), own);
}
