import { create } from 'zustand';
import type { SearchAnswer } from '../host/browser/api';
import type { ErrorCode } from '../lib/errors';

interface SearchState {
  query: string;
  /** Queries of the run's task, the deepest first. */
  examples: readonly string[];
  answer: SearchAnswer | null;
  pending: boolean;
  error: string | null;
  /** What kind of failure that is, where it is known. */
  code: ErrorCode | null;
}

export const emptySearch: SearchState = {
  query: '',
  examples: [],
  answer: null,
  pending: false,
  error: null,
  code: null,
};

export const useSearch = create<SearchState>()(() => emptySearch);
