import { create } from 'zustand';
import type { EmbeddedDocuments, EmbedProgress, ModelSearch } from '../host/browser/api';
import { messageOf } from '../lib/errors';
import { lab } from './lab';

const TOP_K = 10;

interface ModelSearchState {
  /** The model that is being loaded, and how far it is. */
  embedding: { hash: string; progress: EmbedProgress | null } | null;
  /** What can be searched now. */
  embedded: EmbeddedDocuments | null;
  /** A query is on its way. */
  pending: boolean;
  answer: ModelSearch | null;
  error: string | null;
}

const NOTHING: ModelSearchState = { embedding: null, embedded: null, pending: false, answer: null, error: null };

/** Searching one's own documents with a model that was opened. */
export const useModelSearch = create<ModelSearchState>()(() => NOTHING);

/** Rises with every model that is loaded or released: events of an earlier one are ignored. */
let generation = 0;

/** Loads a model and embeds the documents that are open. */
export async function embedDocuments(hash: string): Promise<void> {
  const mine = ++generation;
  useModelSearch.setState({ ...NOTHING, embedding: { hash, progress: null } });
  try {
    const embedded = await lab.ask((client) =>
      client.models.embed(hash, (progress) => {
        // It comes by another port than the answer, and may come after it.
        if (mine === generation && useModelSearch.getState().embedding)
          useModelSearch.setState({ embedding: { hash, progress } });
      }),
    );
    if (mine === generation) useModelSearch.setState({ ...NOTHING, embedded });
  } catch (error) {
    if (mine === generation) useModelSearch.setState({ ...NOTHING, error: messageOf(error) });
  }
}

/** Takes a failure off the page. */
export const closeModelError = (): void => useModelSearch.setState({ error: null });

/** Ends the loading, or releases what was loaded. */
export async function releaseModel(): Promise<void> {
  generation++;
  useModelSearch.setState(NOTHING);
  await lab.ask((client) => client.models.release()).catch(() => undefined);
}

export async function searchWithModel(query: string): Promise<void> {
  const mine = generation;
  useModelSearch.setState({ pending: true, error: null });
  try {
    const answer = await lab.ask((client) => client.models.search(query, TOP_K));
    if (mine === generation) useModelSearch.setState({ answer, pending: false });
  } catch (error) {
    if (mine === generation) useModelSearch.setState({ pending: false, error: messageOf(error) });
  }
}
