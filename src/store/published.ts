import { create } from 'zustand';
import { messageOf } from '../lib/errors';
import { lab } from './lab';
import { openRun, readRuns } from './run-list';
import { useToasts } from './toasts';

interface PublishedState {
  /** The run's path in the page's address; null where there is none. */
  path: string | null;
  /** The run's name in the worker; null until it is read. */
  id: string | null;
  error: string | null;
}

/** The published run beside the page, which is only shown. */
export const usePublished = create<PublishedState>()(() => ({ path: null, id: null, error: null }));

/** Shows a published run. @param path relative to the page; null for none. */
export async function openPublished(path: string | null): Promise<void> {
  if (path === null) return;
  usePublished.setState({ path, id: null, error: null });
  try {
    const stored = await lab.ask((client) => client.runs.visit(path));
    usePublished.setState({ id: stored.id });
    await openRun(stored);
  } catch (error) {
    usePublished.setState({ error: messageOf(error) });
  }
}

/** Closes the message of a failure, and the published run with it. */
export const closePublished = (): void => usePublished.setState({ path: null, error: null });

/** Keeps the published run in this browser's list. */
export async function keepPublished(): Promise<void> {
  const { path } = usePublished.getState();
  if (path === null) return;
  try {
    await lab.ask((client) => client.runs.keep(path));
    useToasts.getState().say('The run is in your list now.');
  } catch (error) {
    useToasts.getState().say(`The run could not be kept: ${messageOf(error)}.`);
  }
  await readRuns();
}
