import { zipSync, type Zippable } from 'fflate';
import { canBeginAt, checkHandOver, handOverFiles, stepsBefore } from '../../cluster/hand-over';
import { importedFiles, readClusterRun, type ReadFile } from '../../cluster/import';
import { checkSession } from '../../config/session-checks';
import type { Session } from '../../config/session';
import { InputError } from '../../lib/errors';
import type { StepMetrics } from '../../records/records';
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

interface Start {
  weights: readonly Float32Array[];
  step: number;
  metrics: readonly StepMetrics[];
}

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
  const { weights, step, metrics } =
    (await keptStart(store, run, session)) ?? (await trainedStart(engine, session, data));
  const zippable: Zippable = {};
  for (const [name, bytes] of handOverFiles(session, task, weights, step, metrics)) {
    // Weights do not get smaller.
    zippable[name] = name.endsWith('.safetensors') ? [bytes, { level: 0 }] : bytes;
  }
  return zipSync(zippable, { level: 6, mtime: ZIP_TIME });
}

async function keptStart(store: RunStore, run: string, session: Session): Promise<Start | null> {
  const state = await store.state(run);
  if (!state || !canBeginAt(session, state.step)) return null;
  const { metrics } = await store.curves(run);
  return { weights: state.weights, step: state.step, metrics: metrics.filter(({ step }) => step <= state.step) };
}

async function trainedStart(engine: Engine, session: Session, data: TaskData): Promise<Start> {
  const until = stepsBefore(session);
  const device = await engine.open();
  try {
    const metrics: StepMetrics[] = [];
    const nothing = (): void => undefined;
    const silent = { evaluation: nothing, traces: nothing, graph: nothing, checkpoint: () => Promise.resolve() };
    const training = device.train(
      session,
      { files: data, base: null },
      { ...silent, metrics: (lines) => void metrics.push(...lines) },
      [],
    );
    while (training.step < until) await training.advance(Math.min(AT_ONCE, until - training.step));
    const { weights } = await training.checkpoint();
    return { weights, step: until, metrics };
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
