import { create } from 'zustand';
import { messageOf } from '../lib/errors';
import { lab } from './lab';
import { openRun, readRuns } from './run-list';
import { useToasts } from './toasts';

interface PublishedState {
  /** As the page's address names it; null where none was asked for. */
  path: string | null;
  /** What the worker calls the run; null until it is read. */
  id: string | null;
  error: string | null;
}

/** A run that lies beside the page, and is only looked at. */
export const usePublished = create<PublishedState>()(() => ({ path: null, id: null, error: null }));

/** Shows a run that lies beside the page. @param path relative to it; null for none. */
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

/** Takes the failure off the page; no run is asked for any more. */
export const closePublished = (): void => usePublished.setState({ path: null, error: null });

/** Takes the run into the list of this browser. */
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
