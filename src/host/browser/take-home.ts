import { asDecoder, openAnyModel } from '../../formats/open-model';
import type { FolderReader } from '../../formats/folder';
import { filesInMemory } from '../../formats/model-files';
import type { OpenedModel } from '../../formats/opened-model';
import { readPeft } from '../../formats/peft';
import { peftBase } from '../../formats/peft-files';
import { floatDtype } from '../../formats/safetensors';
import type { FileContents } from '../../formats/streamed-checkpoint';
import { InputError } from '../../lib/errors';
import { createTask } from '../../tasks/registry';
import { checkpointFiles } from '../../training/checkpoint-files';
import { openedPrompts } from '../../training/opened-model';
import { adapterFolder, modelFolder, type TakenModel } from '../../training/take-home/folders';
import { runEmbedding } from '../../training/take-home/run-embedding';
import type { TakenDtype, TakenForm } from './messages';
import { Exports } from './exports';
import { keptBase } from './models/kept-base';
import type { ModelListener } from './models/api';
import type { ModelStore } from './models/model-store';
import type { RunStore } from './runs/run-store';
import type { TaskFiles } from './task-data';
import { Turns } from './turns';

export interface TakeHomeParts {
  store: Promise<RunStore>;
  models: Promise<ModelStore>;
  files: () => TaskFiles;
}

/** Messages that export models as zipped folders for other programs, one at a time. */
export class TakeHome {
  private exports: Promise<Exports> | null = null;
  private readonly turns = new Turns();
  private taking = new AbortController();

  constructor(
    private readonly parts: TakeHomeParts,
    private readonly open: () => Promise<Exports> = () => Exports.open(),
  ) {}

  /**
   * Exports a run's model.
   * @throws InputError where the run's base is not in this browser, or its adapter cannot be written in this form.
   */
  run(run: string, form: TakenForm, listener: ModelListener): Promise<Blob> {
    return this.zipped(() => this.ofRun(run, form), listener);
  }

  /** Exports a kept model in Hugging Face layout. */
  model(hash: string, dtype: TakenDtype, listener: ModelListener): Promise<Blob> {
    return this.zipped(async () => {
      const { model, opened: any } = await (await this.parts.models).model(hash);
      const opened = asDecoder(any, model.name);
      const taken = { opened, title: model.name, where: model.name };
      return modelFolder(taken, { dtype: floatDtype(dtype), embeds: await embeds(taken) });
    }, listener);
  }

  /** Cancels the export, which then rejects with a CancelledError. */
  cancel(): void {
    this.taking.abort();
  }

  private zipped(files: () => Promise<ReadonlyMap<string, FileContents>>, listener: ModelListener): Promise<Blob> {
    this.taking.abort();
    const { signal } = (this.taking = new AbortController());
    return this.turns.take(async () => {
      try {
        this.exports ??= this.open();
        return await (await this.exports).zip(await files(), signal, listener);
      } finally {
        listener.close?.();
      }
    });
  }

  private async ofRun(run: string, form: TakenForm): Promise<ReadonlyMap<string, FileContents>> {
    const { store, models, files } = this.parts;
    const runs = await store;
    const { title } = await runs.get(run);
    const { session, evaluation, fingerprint, adapter: trainedOn } = await runs.fileOf(run);
    const base = await keptBase(await models, session);
    const where = title || session.title || session.model.base.name || 'the run';
    if (base === null) throw new InputError(`${where}: trained from no model, expected a run that starts from one`);
    const state = await runs.state(run);
    if (!state) {
      throw new InputError('No model was kept of this run yet: let it come to its first checkpoint, then try again');
    }
    const task = createTask(session.task, session.seed, await files().ready(session, new AbortController().signal));
    const trained = checkpointFiles(session, task, state.weights, base);
    const model: TakenModel = {
      opened: base.opened,
      title: where,
      where,
      embedding: runEmbedding(session, base, where),
      run: { session, evaluation, fingerprint: fingerprint?.fingerprint ?? null, trainedOn },
    };
    if (base.adapter === null) {
      if (form.as === 'adapter') throw new InputError(`${where}: trained whole, expected to take it as a model`);
      return modelFolder({ ...model, opened: await reopened(trained, base.opened, where) }, options(form.dtype));
    }
    const read: FolderReader = (name) => Promise.resolve(trained.get(name) ?? null);
    const adapter = await readPeft(read, base.opened.arch, where);
    return form.as === 'adapter'
      ? adapterFolder(model, adapter, peftBase(session.model.base))
      : modelFolder(model, { ...options(form.dtype), adapter });
  }
}

const options = (dtype: TakenDtype) => ({ dtype: floatDtype(dtype), embeds: true });

/** Opens a run's whole model from its trained weights; everything else is the base's. */
async function reopened(
  trained: ReadonlyMap<string, Uint8Array>,
  base: OpenedModel,
  where: string,
): Promise<OpenedModel> {
  const { weights, tensorDtype } = asDecoder(await openAnyModel(filesInMemory(trained), where), where);
  return { ...base, weights, tensorDtype };
}

/** Whether texts can be embedded with the model; one that cannot is exported as a model that writes. */
async function embeds({ opened, where }: TakenModel): Promise<boolean> {
  try {
    await openedPrompts(opened, where);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}
