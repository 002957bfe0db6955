import { corpusOf } from '../../config/tasks';
import { transfer } from 'comlink';
import type { CollectionFile, RunCurves, RunNames, StorageReport, StoredRun } from './messages';
import { handOverZip, importClusterFolder } from './cluster-folder';
import type { Engine } from './engine';
import type { EncodedStore } from './benchmark/encoded-store';
import type { Exports } from './exports';
import type { ModelStore } from './models/model-store';
import type { OwnDocuments } from './own-documents';
import { fetchPublished, publishedFolder } from './published';
import { storeArchive, readArchive } from './runs/archive';
import type { RunStore } from './runs/run-store';
import type { TaskFiles } from './task-data';
import { exportWithModel, modelZip, trainedModel } from './trained-model';

/** Messages about the runs that this browser keeps: list, delete, export, import, publish. */
export class Library {
  /** @param own storage of users' documents, which are exported with a run that trains on them. */
  constructor(
    private readonly store: Promise<RunStore>,
    private readonly files: () => TaskFiles,
    private readonly own: Promise<OwnDocuments | null>,
    private readonly models: Promise<ModelStore>,
    private readonly encoded: EncodedStore,
    private readonly engine: Engine,
    /** Storage for zips that are too large for the memory. */
    private readonly exports: () => Promise<Exports>,
    /** Bytes that are kept beside the runs. */
    private readonly others: () => Promise<Omit<StorageReport['kept'], 'runs'>>,
  ) {}

  /** The kept runs, newest first. */
  async list(): Promise<StoredRun[]> {
    return (await this.store).list();
  }

  async storage(): Promise<StorageReport> {
    const store = await this.store;
    const runs = (await store.list()).reduce((sum, { bytes }) => sum + bytes, 0);
    return { ...(await store.report()), kept: { runs, ...(await this.others()) } };
  }

  async describe(run: string, changes: Partial<RunNames>): Promise<void> {
    await (await this.store).change(run, changes);
  }

  /** Resolves once no tab holds the run. */
  async whenFree(run: string): Promise<void> {
    await (await this.store).free(run);
  }

  /** Takes a run off the list; until the page is closed it can be restored. */
  async remove(run: string): Promise<void> {
    await (await this.store).delete(run);
  }

  async restore(run: string): Promise<void> {
    await (await this.store).undelete(run);
  }

  /** The curves of a run for a comparison. */
  async curves(run: string): Promise<RunCurves> {
    return (await this.store).curves(run);
  }

  /** One file with everything that is kept of a run. Transferred. */
  async export(run: string): Promise<Uint8Array<ArrayBuffer>> {
    return sent(await exportWithModel(await this.parts(), run, await this.own));
  }

  /** The model that a run kept last, in Hugging Face layout with tokenizer and model card, as one zip. Transferred. */
  async model(run: string): Promise<Uint8Array<ArrayBuffer>> {
    return sent(modelZip(await trainedModel(await this.parts(), run)));
  }

  private async parts() {
    return { store: await this.store, files: this.files(), models: await this.models };
  }

  /**
   * Imports a run's file.
   * @throws InputError for a file that is damaged or no run of this lab; nothing is changed then.
   * @returns the run's name.
   */
  async import(file: Blob): Promise<string> {
    return storeArchive(await this.store, file, await this.own);
  }

  /** Imports the folder that a cluster trained; errors as in `import`. @param name of the folder, for messages. */
  async importFolder(name: string, files: readonly CollectionFile[]): Promise<string> {
    return importClusterFolder(await this.store, this.files(), await this.models, await this.own, name, files);
  }

  /** A run's session as the folder that trains it on a cluster, zipped; stage 0 is trained first where its model is not kept. */
  async handOver(run: string): Promise<Blob> {
    const exports = await this.exports();
    const { engine, encoded } = this;
    return handOverZip({ ...(await this.parts()), encoded, engine, exports }, run);
  }

  /** A folder, zipped, that shows the run beside a built page on any static host. @param name of its file. Transferred. */
  async publish(run: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
    const file = await exportWithModel(await this.parts(), run, await this.own);
    return sent(publishedFolder(name, file));
  }

  /**
   * Reads a published run from beside the page, to be looked at only.
   * @throws InputError for a path that leads elsewhere.
   */
  async visit(path: string): Promise<StoredRun> {
    const files = this.files();
    const store = await this.store;
    const zip = await fetchPublished(path, files.page);
    const { file, documents } = await readArchive(zip);
    // Documents of a user's own are read from memory, as the run is.
    if (documents) files.keep(corpusOf(file.session.task), documents);
    return store.get(await storeArchive(store, zip, null, true));
  }

  /** Keeps a published run in the list. @returns its name. */
  async keep(path: string): Promise<string> {
    return storeArchive(await this.store, await fetchPublished(path, this.files().page), await this.own);
  }
}

const sent = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => transfer(bytes, [bytes.buffer]);
