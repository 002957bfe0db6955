import { create } from 'zustand';
import type { AddProgress, CollectionFile, KeptModel, ModelCard, PlanChoices, PlannedModel } from '../host/browser/api';
import { isolated } from '../lib/bidi';
import { errorOf, messageOf } from '../lib/errors';
import { IDLE, latest } from './asked';
import { lab } from './lab';
import { releaseModel, useModelSearch } from './model-search';
import { readRuns } from './run-list';
import { useToasts } from './toasts';

interface ModelsState {
  /** The kept models, newest first; null until they were read. */
  models: readonly KeptModel[] | null;
  /** The model that is being copied into this browser. */
  adding: { name: string; progress: AddProgress | null } | null;
  /** The model whose page is open. */
  opened: string | null;
  /** What its files say of the opened model; null until it was read. */
  card: ModelCard | null;
  /** The last failure. */
  error: { what: 'list' | 'adding' | 'card' | 'deletion'; text: string } | null;
}

/** The models that this browser keeps. */
export const useModels = create<ModelsState>()(() => ({
  models: null,
  adding: null,
  opened: null,
  card: null,
  error: null,
}));

/** Copies, of which only the latest changes the state; a cancelled one leaves nothing to return to. */
const copying = latest<NonNullable<ModelsState['adding']>>(
  () => IDLE,
  (asked) => {
    useModels.setState({ adding: asked.state === 'asking' ? asked.last : null });
    if (asked.state === 'failed') fail('adding', errorOf(asked.error));
  },
);

export async function readModels(): Promise<void> {
  try {
    useModels.setState({ models: await lab.ask((client) => client.models.list()) });
  } catch (error) {
    fail('list', error);
  }
}

/** Copies a model into this browser and opens its page. */
export async function addModel(name: string, files: readonly CollectionFile[]): Promise<void> {
  useModels.setState({ error: null });
  const before = useModels.getState().models ?? [];
  const kept: KeptModel[] = [];
  await copying.ask(async ({ soFar, isLatest }) => {
    soFar({ name, progress: null });
    const model = await lab.ask((client) =>
      client.models.add(name, files, (progress) => {
        soFar({ name, progress });
      }),
    );
    if (isLatest()) kept.push(model);
    return { name, progress: null };
  });
  for (const added of kept) {
    const known = before.some(({ hash }) => hash === added.hash);
    useToasts
      .getState()
      .say(known ? `It was here already, as ${isolated(added.name)}.` : `${isolated(name)} is kept here.`);
    await Promise.all([readModels(), readRuns(), openDroppedModel(added.hash)]);
  }
}

/** Closes the message of a failure. */
export const closeModelsError = (): void => useModels.setState({ error: null });

/** Cancels the copying; nothing of it is kept. */
export async function cancelAdding(): Promise<void> {
  copying.drop();
  useModels.setState({ adding: null });
  await lab.ask((client) => client.models.cancel()).catch(() => undefined);
}

export async function openDroppedModel(hash: string | null): Promise<void> {
  useModels.setState({ opened: hash, card: null, error: null });
  if (hash === null) return;
  try {
    const card = await lab.ask((client) => client.models.card(hash));
    if (useModels.getState().opened === hash) useModels.setState({ card });
  } catch (error) {
    if (useModels.getState().opened === hash) fail('card', error);
  }
}

/** Deletes a model for good: hundreds of megabytes are not kept for an undo. */
export async function deleteModel({ hash, name }: KeptModel): Promise<void> {
  try {
    await lab.ask((client) => client.models.remove(hash));
    if (useModelSearch.getState().embedded?.hash === hash) await releaseModel();
    if (useModels.getState().opened === hash) useModels.setState({ opened: null, card: null });
    useToasts.getState().say(`Deleted ${isolated(name)}.`);
  } catch (error) {
    fail('deletion', error);
  }
  await Promise.all([readModels(), readRuns()]);
}

/** Plans the memory that a model would take; null where that fails. */
export async function planModel(hash: string, choices: PlanChoices, within: number): Promise<PlannedModel | null> {
  return lab.ask((client) => client.models.plan(hash, choices, within)).catch(() => null);
}

/** Estimates how many of `bytes` bytes a device grants now; null where there is no device. */
export async function askGranted(bytes: number): Promise<number | null> {
  return lab.ask((client) => client.models.granted(bytes)).catch(() => null);
}

function fail(what: NonNullable<ModelsState['error']>['what'], error: unknown): void {
  useModels.setState({ error: { what, text: messageOf(error) } });
}
