import { create } from 'zustand';
import type { EmbeddedDocuments, EmbedProgress, ModelSearch } from '../host/browser/api';
import { IDLE, lastOf, latest } from './asked';
import { lab } from './lab';

const TOP_K = 10;

interface ModelSearchState {
  /** The model that is being loaded, and the progress; null where none is. */
  embedding: { hash: string; progress: EmbedProgress | null } | null;
  /** The documents that can be searched now; null where there are none. */
  embedded: EmbeddedDocuments | null;
  /** Whether a query is being answered. */
  pending: boolean;
  answer: ModelSearch | null;
  error: string | null;
}

const NOTHING: ModelSearchState = { embedding: null, embedded: null, pending: false, answer: null, error: null };

/** The search of the open documents with an opened model. */
export const useModelSearch = create<ModelSearchState>()(() => NOTHING);

/** Loads and releases, of which only the latest changes the state. */
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
        soFar({ embedding: { hash, progress }, embedded: null });
      }),
    );
    return { embedding: null, embedded };
  });
}

/** Closes the message of a failure. */
export const closeModelError = (): void => useModelSearch.setState({ error: null });

/** Cancels the loading, or releases what was loaded. */
export async function releaseModel(): Promise<void> {
  loading.drop();
  answering.drop();
  useModelSearch.setState(NOTHING);
  await lab.ask((client) => client.models.release()).catch(() => undefined);
}

export const searchWithModel = (query: string): Promise<void> =>
  answering.ask(() => lab.ask((client) => client.models.search(query, TOP_K)));
