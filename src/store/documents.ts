import { corpusOf } from '../config/tasks';
import { create } from 'zustand';
import { withValues } from '../config/edit-session';
import { nameCorpus, type NamedCorpus } from '../config/corpus-names';
import { FEW_DOCUMENTS, FEW_SETTINGS } from '../config/few-documents';
import type { Session } from '../config/session';
import type { CollectionPreview } from '../host/browser/api';
import { lab } from './lab';
import { useRuns } from './runs';
import { changesFrom, presetOf, useSession } from './session';

const KEY = 'search-r3-lab-collections';
/** The most names that are kept from earlier visits, the latest ones. */
const MOST_NAMES = 50;

interface DocumentsState {
  /** Whether the documents of a hash can be trained on in this browser; no entry before it was checked. */
  here: Readonly<Record<string, boolean>>;
}

/** The users' own documents that this browser has, for sessions that train on them. */
export const useDocuments = create<DocumentsState>()(() => ({ here: {} }));

const names = new Map<string, NamedCorpus>();

/** Reads earlier names, and checks the documents of the session in the panel. Called once by the page. */
export function watchDocuments(): void {
  for (const [hash, named] of storedNames()) {
    names.set(hash, named);
    nameCorpus(hash, named);
  }
  useSession.subscribe((state, before) => {
    if (corpusOf(state.session.task) !== corpusOf(before.session.task)) void ask(state.session);
  });
  // A run that was imported brings its documents along.
  useRuns.subscribe(() => void ask(useSession.getState().session));
  void ask(useSession.getState().session);
}

async function ask({ task }: Session): Promise<void> {
  const hash = corpusOf(task);
  if (task.name !== 'text' || hash === '' || useDocuments.getState().here[hash]) return;
  const isHere = await lab.ask((client) => client.bench.holds(hash)).catch(() => true);
  // They may have been opened while the worker was asked.
  const { here } = useDocuments.getState();
  if (!here[hash]) useDocuments.setState({ here: { ...here, [hash]: isHere } });
}

/** Whether the user still has to choose the session's documents. */
export function lacksDocuments({ task }: Session, { here }: DocumentsState): boolean {
  return task.name === 'text' && (task.corpus === '' || here[task.corpus] === false);
}

/** Stores the name of opened documents, and puts them into a session that waits for some. */
export function documentsOpened({ corpus, name, documents }: CollectionPreview): void {
  remember(corpus, { name, documents });
  const { session } = useSession.getState();
  useDocuments.setState({ here: { ...useDocuments.getState().here, [corpus]: true } });
  if (session.task.name !== 'text') return;
  // A link's own documents are not replaced by others unasked.
  if (session.task.corpus === '') trainOn({ corpus, documents });
  else if (session.task.corpus === corpus) lab.askCost();
}

/** Puts documents into the session; a session that is still its preset is fitted to their number. */
export function trainOn({ corpus, documents }: Pick<CollectionPreview, 'corpus' | 'documents'>): void {
  const state = useSession.getState();
  if (state.session.task.name !== 'text') state.loadPreset('text');
  const { session, replace } = useSession.getState();
  const fits = documents < FEW_DOCUMENTS && isPresets(session);
  const settings = [['task.corpus', corpus] as const, ...(fits ? FEW_SETTINGS : [])];
  replace(withValues(session, settings));
}

const isPresets = (session: Session): boolean =>
  changesFrom(presetOf('text'), session).every(({ path }) => path === 'task.corpus');

function remember(hash: string, named: NamedCorpus): void {
  nameCorpus(hash, named);
  names.delete(hash);
  names.set(hash, named);
  try {
    localStorage.setItem(KEY, JSON.stringify([...names].slice(-MOST_NAMES)));
  } catch {
    // A browser that keeps nothing: the names last as long as the page.
  }
}

function storedNames(): [string, NamedCorpus][] {
  let json: unknown;
  try {
    json = JSON.parse(localStorage.getItem(KEY) ?? '[]');
  } catch {
    return [];
  }
  return Array.isArray(json) ? json.flatMap(entryOf) : [];
}

function entryOf(entry: unknown): [string, NamedCorpus][] {
  if (!Array.isArray(entry)) return [];
  const hash: unknown = entry[0];
  const named: unknown = entry[1];
  if (typeof hash !== 'string' || typeof named !== 'object' || named === null) return [];
  const { name, documents } = named as Partial<Record<keyof NamedCorpus, unknown>>;
  return typeof name === 'string' && typeof documents === 'number' ? [[hash, { name, documents }]] : [];
}
