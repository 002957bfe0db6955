import { sameAncestors, type Ancestors } from '../config/ancestors';
import type { Session } from '../config/session';
import type { CollectionFile, LabClient, StoredRun } from '../host/browser/api';
import { isolated } from '../lib/bidi';
import { messageOf } from '../lib/errors';
import { lab } from './lab';
import { askAtFirstRun, readPersistence } from './persistence';
import { isElsewhere, isLive, nameOnPage, useRun } from './run';
import { useRuns } from './runs';
import { save } from './save';
import { panelNow, useSession } from './session';
import { sayUndo, useToasts } from './toasts';

/** Reads the list of runs again. */
export async function readRuns(): Promise<void> {
  try {
    const [runs, storage] = await lab.ask((client) => Promise.all([client.runs.list(), client.runs.storage()]));
    const known = new Set(runs.map(({ id }) => id));
    useRuns.setState({ runs, storage, error: null, ticked: useRuns.getState().ticked.filter((id) => known.has(id)) });
    for (const { id, state } of runs) if (state === 'held') void readOnceFree(id);
  } catch (error) {
    useRuns.setState({ error: messageOf(error) });
  }
}

const awaited = new Set<string>();

/** Reads the list again once the lock of a run is released, by another tab or by a page that was just left. */
async function readOnceFree(run: string): Promise<void> {
  if (awaited.has(run) || run === nameOnPage()) return;
  awaited.add(run);
  try {
    await lab.ask((client) => client.runs.whenFree(run));
  } catch {
    return; // The worker died: what comes next reads the list.
  } finally {
    awaited.delete(run);
  }
  await readRuns();
}

/** Reads the list at the start, and again whenever a run begins, ends or keeps a checkpoint. */
export function followRuns(): void {
  void readRuns();
  void readPersistence();
  useRun.subscribe((state, before) => {
    const name = nameOnPage(state);
    const isNew = name !== nameOnPage(before);
    if (name !== null && isNew && isLive(state.status) && !isElsewhere(state)) void askAtFirstRun();
    if (isNew || isLive(state.status) !== isLive(before.status)) void readRuns();
  });
}

/** Shows a kept run on the page, with its session. */
export async function openRun({ id, run }: StoredRun): Promise<void> {
  if (!run) return;
  takeSession(run.session, run.ancestors);
  await lab.open(id, run);
}

export async function goOnWith({ id, run }: StoredRun): Promise<void> {
  if (!run) return;
  takeSession(run.session, run.ancestors);
  await lab.resume(id, run);
}

/** Puts a run's session into the panel, with an undo. */
export function takeSession(next: Session, ancestors: Ancestors = []): void {
  const before = panelNow();
  if (JSON.stringify(before.session) === JSON.stringify(next) && sameAncestors(before.ancestors, ancestors)) return;
  useSession.getState().replace(next, ancestors);
  sayUndo('The run’s session took the place of yours.', () => useSession.getState().restore(before));
}

export async function describeRun(
  id: string,
  changes: Partial<Pick<StoredRun, 'title' | 'notes' | 'tags'>>,
): Promise<void> {
  await tried((client) => client.runs.describe(id, changes));
}

/** Deletes a run at once, with an undo. */
export async function deleteRun({ id }: StoredRun, name: string): Promise<void> {
  if (!(await tried((client) => client.runs.remove(id)))) return;
  sayUndo(`Deleted ${isolated(name)}.`, () => void tried((client) => client.runs.restore(id)));
}

/** Downloads a run as one file. */
export const exportRun = (id: string, fileName: string): Promise<void> =>
  download(fileName, (client) => client.runs.export(id), 'The run could not be exported');

/** Downloads a folder that shows the run beside a built page. @param name of its file. */
export const publishRun = (id: string, name: string): Promise<void> =>
  download(`${name}.published.zip`, (client) => client.runs.publish(id, name), 'The run could not be published');

/** Downloads the model that the run kept last, in Hugging Face layout. */
export const downloadModel = (id: string, fileName: string): Promise<void> =>
  download(fileName, (client) => client.runs.model(id), 'The model could not be taken');

/** Downloads a run's session as the folder that trains it on a cluster. */
export async function handOver(id: string, fileName: string): Promise<void> {
  useToasts
    .getState()
    .say('The folder for the cluster is being made; stage 0 is trained first where its model is not kept.');
  await download(fileName, (client) => client.runs.handOver(id), 'Nothing was handed over');
}

export const importRun = (file: Blob): Promise<void> => imported((client) => client.runs.import(file));

/** Imports what was dropped or picked in Runs: a run's file, or the folder that a cluster trained. */
export function importDropped(name: string, files: readonly CollectionFile[]): Promise<void> {
  const [only] = files;
  if (files.length === 1 && only?.path.endsWith('.zip')) return importRun(only.file);
  return imported((client) => client.runs.importFolder(name, files));
}

/** Saves the zip file that the worker makes, or says what failed. */
async function download(
  fileName: string,
  question: (client: LabClient) => Promise<BlobPart>,
  failed: string,
): Promise<void> {
  try {
    save(fileName, new Blob([await lab.ask(question)], { type: 'application/zip' }));
  } catch (error) {
    useToasts.getState().say(`${failed}: ${messageOf(error)}.`);
  }
}

/** Imports runs, says what came of it, and reads the list again. */
async function imported(question: (client: LabClient) => Promise<unknown>): Promise<void> {
  try {
    await lab.ask(question);
    useToasts.getState().say('The run was imported.');
  } catch (error) {
    useToasts.getState().say(`Nothing was imported: ${messageOf(error)}.`);
  }
  await readRuns();
}

async function tried(question: (client: LabClient) => Promise<void>): Promise<boolean> {
  try {
    await lab.ask(question);
    return true;
  } catch (error) {
    useToasts.getState().say(`That did not work: ${messageOf(error)}.`);
    return false;
  } finally {
    await readRuns();
  }
}
