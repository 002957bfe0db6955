import { corpusOf } from '../../config/tasks';
import { transfer } from 'comlink';
import type { CollectionFile, RunCurves, RunNames, RunsApi, StorageReport, StoredRun } from './api';
import { handOverZip, importClusterFolder } from './cluster-folder';
import type { Engine } from './engine';
import type { Exports } from './exports';
import type { ModelStore } from './models/model-store';
import type { OwnDocuments } from './own-documents';
import { fetchPublished, publishedFolder } from './published';
import { storeArchive, readArchive } from './runs/archive';
import type { RunStore } from './runs/run-store';
import type { TaskFiles } from './task-data';
import { exportWithModel, modelZip, trainedModel } from './trained-model';

/** The runs that this browser keeps. */
export class Library implements RunsApi {
  /** @param own documents that runs train on, which go with a run that is exported. */
  constructor(
    private readonly store: Promise<RunStore>,
    private readonly files: () => TaskFiles,
    private readonly own: Promise<OwnDocuments | null>,
    private readonly models: Promise<ModelStore>,
    private readonly engine: Engine,
    /** Where zips are written that are too large for the memory. */
    private readonly exports: () => Promise<Exports>,
    /** Bytes of what is kept beside the runs. */
    private readonly others: () => Promise<Omit<StorageReport['kept'], 'runs'>>,
  ) {}

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

  async whenFree(run: string): Promise<void> {
    await (await this.store).free(run);
  }

  async remove(run: string): Promise<void> {
    await (await this.store).delete(run);
  }

  async restore(run: string): Promise<void> {
    await (await this.store).undelete(run);
  }

  async curves(run: string): Promise<RunCurves> {
    return (await this.store).curves(run);
  }

  async export(run: string): Promise<Uint8Array<ArrayBuffer>> {
    return sent(await exportWithModel(await this.parts(), run, await this.own));
  }

  async model(run: string): Promise<Uint8Array<ArrayBuffer>> {
    return sent(modelZip(await trainedModel(await this.parts(), run)));
  }

  private async parts() {
    return { store: await this.store, files: this.files(), models: await this.models };
  }

  async import(file: Blob): Promise<string> {
    return storeArchive(await this.store, file, await this.own);
  }

  async importFolder(name: string, files: readonly CollectionFile[]): Promise<string> {
    return importClusterFolder(await this.store, this.files(), await this.models, await this.own, name, files);
  }

  async handOver(run: string): Promise<Blob> {
    const exports = await this.exports();
    return handOverZip(await this.store, this.files(), await this.models, this.engine, exports, run);
  }

  async publish(run: string, name: string): Promise<Uint8Array<ArrayBuffer>> {
    const file = await exportWithModel(await this.parts(), run, await this.own);
    return sent(publishedFolder(name, file));
  }

  async visit(path: string): Promise<StoredRun> {
    const files = this.files();
    const store = await this.store;
    const zip = await fetchPublished(path, files.page);
    const { file, documents } = await readArchive(zip);
    // Documents of a user's own are read from memory, as the run is.
    if (documents) files.keep(corpusOf(file.session.task), documents);
    return store.get(await storeArchive(store, zip, null, true));
  }

  async keep(path: string): Promise<string> {
    return storeArchive(await this.store, await fetchPublished(path, this.files().page), await this.own);
  }
}

const sent = (bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> => transfer(bytes, [bytes.buffer]);
