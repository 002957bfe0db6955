import { zipSync, type Zippable } from 'fflate';
import { totalSteps } from '../../config/stages';
import { ZIP_TIME } from '../../formats/zip';
import { InputError } from '../../lib/errors';
import { createTask } from '../../tasks/registry';
import { checkpointFiles } from '../../training/checkpoint-files';
import { modelCard } from '../../training/model-card';
import { keptBase } from './models/kept-base';
import type { ModelStore } from './models/model-store';
import type { OwnDocuments } from './own-documents';
import { writeArchive } from './runs/archive';
import type { RunStore } from './runs/run-store';
import type { TaskFiles } from './task-data';

export type TrainedFiles = Map<string, Uint8Array>;

interface Parts {
  store: RunStore;
  files: TaskFiles;
  models: ModelStore;
}

/**
 * The last kept model of a run as the files of a Hugging Face folder with a model card; for a run that starts from a
 * base, its adapter in the form of the command line.
 * @throws InputError where no model was kept, or the data of its task or its base is not here.
 */
export async function trainedModel({ store, files, models }: Parts, run: string): Promise<TrainedFiles> {
  const { title } = await store.get(run);
  const { session, evaluation, fingerprint, adapter } = await store.fileOf(run);
  const state = await store.state(run);
  if (!state)
    throw new InputError('No model was kept of this run yet: let it come to its first checkpoint, then try again');
  const task = createTask(session.task, session.seed, await files.ready(session, new AbortController().signal));
  const model = checkpointFiles(session, task, state.weights, await keptBase(models, session));
  if (session.model.base.sha256 !== '') return model;
  const card = modelCard({
    name: title || session.title || session.task.name,
    session,
    task,
    step: state.step,
    totalSteps: totalSteps(session),
    evaluation,
    fingerprint: fingerprint?.fingerprint ?? null,
    adapter,
  });
  return model.set('README.md', new TextEncoder().encode(card));
}

/** Exports a run as one file, with its model where one was kept and its documents are here. */
export async function exportWithModel(
  parts: Parts,
  run: string,
  own: OwnDocuments | null,
): Promise<Uint8Array<ArrayBuffer>> {
  let model: TrainedFiles | null = null;
  try {
    model = await trainedModel(parts, run);
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
  }
  return writeArchive(parts.store, run, own, model);
}

/** The files of a model as one zip. */
export function modelZip(files: TrainedFiles): Uint8Array<ArrayBuffer> {
  const zippable: Zippable = {};
  // Weights do not get smaller.
  for (const [name, bytes] of files) zippable[name] = name.endsWith('.safetensors') ? [bytes, { level: 0 }] : bytes;
  return zipSync(zippable, { level: 6, mtime: ZIP_TIME });
}
