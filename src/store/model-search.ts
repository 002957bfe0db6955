import { create } from 'zustand';
import type { EmbeddedDocuments, EmbedProgress, ModelSearch } from '../host/browser/api';
import { IDLE, lastOf, latest } from './asked';
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

/** What is loaded, or so far: only the model that was loaded or released last is told of. */
const loading = latest<Pick<ModelSearchState, 'embedding' | 'embedded'>>(
  () => IDLE,
  (asked) => {
    if (asked.state === 'failed') useModelSearch.setState({ ...NOTHING, error: asked.error.message });
    else useModelSearch.setState({ ...NOTHING, ...lastOf(asked) });
  },
);

const answering = latest<ModelSearch>(
  () => IDLE,
  (asked) => {
    if (asked.state === 'failed') useModelSearch.setState({ pending: false, error: asked.error.message });
    else if (asked.state === 'answered') useModelSearch.setState({ answer: asked.value, pending: false });
    else useModelSearch.setState({ pending: asked.state === 'asking', error: null });
  },
);

/** Loads a model and embeds the documents that are open. */
export async function embedDocuments(hash: string): Promise<void> {
  answering.drop();
  await loading.ask(async ({ soFar }) => {
    soFar({ embedding: { hash, progress: null }, embedded: null });
    const embedded = await lab.ask((client) =>
      client.models.embed(hash, (progress) => {
        // It comes by another port than the answer, and may come after it.
        if (useModelSearch.getState().embedding) soFar({ embedding: { hash, progress }, embedded: null });
      }),
    );
    return { embedding: null, embedded };
  });
}

/** Takes a failure off the page. */
export const closeModelError = (): void => useModelSearch.setState({ error: null });

/** Ends the loading, or releases what was loaded. */
export async function releaseModel(): Promise<void> {
  loading.drop();
  answering.drop();
  useModelSearch.setState(NOTHING);
  await lab.ask((client) => client.models.release()).catch(() => undefined);
}

export const searchWithModel = (query: string): Promise<void> =>
  answering.ask(() => lab.ask((client) => client.models.search(query, TOP_K)));
