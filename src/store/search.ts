import { create } from 'zustand';
import type { SearchAnswer } from '../host/browser/api';
import { IDLE, lastOf, withoutError, type Asked } from './asked';

interface SearchState {
  query: string;
  /** Example queries of the run's task, the deepest first. */
  examples: readonly string[];
  asked: Asked<SearchAnswer>;
  /** Closes the message of a failure. */
  closeError: () => void;
}

export const useSearch = create<SearchState>()((set) => ({
  query: '',
  examples: [],
  asked: IDLE,
  closeError: () => set(({ asked }) => ({ asked: withoutError(asked) })),
}));

/** The newest answer; null where there is none. */
export const answerOf = ({ asked }: Pick<SearchState, 'asked'>): SearchAnswer | null => lastOf(asked);

export const isSearching = ({ asked }: Pick<SearchState, 'asked'>): boolean => asked.state === 'asking';
