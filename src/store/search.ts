import { create } from 'zustand';
import type { SearchAnswer } from '../host/browser/api';

interface SearchState {
  query: string;
  /** Queries of the run's task, the deepest first. */
  examples: readonly string[];
  answer: SearchAnswer | null;
  pending: boolean;
  error: string | null;
}

export const emptySearch: SearchState = { query: '', examples: [], answer: null, pending: false, error: null };

export const useSearch = create<SearchState>()(() => emptySearch);
