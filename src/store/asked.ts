import { create } from 'zustand';
import { CancelledError, errorData, type ErrorData } from '../lib/errors';

/** The state of a question to the worker. `last` is the answer before, which stays on the page until the next one. */
export type Asked<T> =
  | { state: 'idle' }
  | { state: 'asking'; last: T | null }
  | { state: 'answered'; value: T }
  | { state: 'failed'; error: ErrorData; last: T | null };

/** The state before any question, of every type. */
export const IDLE = { state: 'idle' } as const;

/** The newest answer, even where a later question failed or is not answered yet; null where there is none. */
export function lastOf<T>(asked: Asked<T>): T | null {
  if (asked.state === 'idle') return null;
  return asked.state === 'answered' ? asked.value : asked.last;
}

/** The newest answer, or null where the last question failed. */
export const shownOf = <T>(asked: Asked<T>): T | null => (asked.state === 'failed' ? null : lastOf(asked));

export const errorOfAsked = (asked: Asked<unknown>): ErrorData | null =>
  asked.state === 'failed' ? asked.error : null;

/** The state without its failure: the answer before it is shown again. */
export function withoutError<T>(asked: Asked<T>): Asked<T> {
  return asked.state === 'failed' ? settled(asked.last) : asked;
}

/** What a question receives while it is being answered. */
export interface Asking<T> {
  /**
   * Shows a first part of the answer; ignored after the answer, which comes by another port than the worker's reports.
   * @returns false once a later question was asked, so that the rest is not needed.
   */
  soFar: (value: T) => boolean;
  isLatest: () => boolean;
}

export interface Latest<T> {
  /**
   * Asks, and stores the answer or the failure. A question that was cancelled (CancelledError) leaves the state before
   * it.
   */
  ask: (question: (asking: Asking<T>) => Promise<T>) => Promise<void>;
  /** Ignores the answers of all questions so far; the state stays as it is. */
  drop: () => void;
}

/**
 * Makes questions of one kind, of which only the latest counts: an answer that comes after a newer question is ignored.
 */
export function latest<T>(read: () => Asked<T>, write: (asked: Asked<T>) => void): Latest<T> {
  let newest = 0;
  return {
    async ask(question) {
      const mine = ++newest;
      let isOpen = true;
      const isLatest = (): boolean => mine === newest;
      const soFar = (last: T): boolean => {
        if (isOpen && isLatest()) write({ state: 'asking', last });
        return isLatest();
      };
      const before = shownOf(read());
      write({ state: 'asking', last: before });
      try {
        const value = await question({ soFar, isLatest });
        isOpen = false;
        if (isLatest()) write({ state: 'answered', value });
      } catch (error) {
        isOpen = false;
        if (!isLatest()) return;
        if (error instanceof CancelledError) write(settled(before));
        else write({ state: 'failed', error: errorData(error), last: lastOf(read()) });
      }
    },
    drop() {
      newest += 1;
      const asked = read();
      if (asked.state === 'asking') write(settled(asked.last));
    },
  };
}

/** Makes a slice of the page's state that holds one kind of question, and what asks it. */
export function askedSlice<T>() {
  const use = create<{ asked: Asked<T> }>()(() => ({ asked: IDLE }));
  const write = (asked: Asked<T>): void => use.setState({ asked });
  const questions = latest<T>(() => use.getState().asked, write);
  return {
    use,
    ask: questions.ask,
    /** Closes the message of a failure. */
    closeError: (): void => write(withoutError(use.getState().asked)),
    /** Ignores a question that is open, and forgets the answer. */
    forget: (): void => {
      questions.drop();
      write(IDLE);
    },
  };
}

const settled = <T>(value: T | null): Asked<T> => (value === null ? IDLE : { state: 'answered', value });
