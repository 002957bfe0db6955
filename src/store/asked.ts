import { CancelledError, errorData, type ErrorData } from '../lib/errors';

/** Something asked of the worker. `last` is the answer before, which stays on the page meanwhile. */
export type Asked<T> =
  | { state: 'idle' }
  | { state: 'asking'; last: T | null }
  | { state: 'answered'; value: T }
  | { state: 'failed'; error: ErrorData; last: T | null };

/** Nothing was asked. Of every type. */
export const IDLE = { state: 'idle' } as const;

/** The newest answer that there is, though a later question failed or is not answered yet. */
export function lastOf<T>(asked: Asked<T>): T | null {
  if (asked.state === 'idle') return null;
  return asked.state === 'answered' ? asked.value : asked.last;
}

/** What is shown: the same, but nothing where the last question failed. */
export const shownOf = <T>(asked: Asked<T>): T | null => (asked.state === 'failed' ? null : lastOf(asked));

export const errorOfAsked = (asked: Asked<unknown>): ErrorData | null =>
  asked.state === 'failed' ? asked.error : null;

/** Takes a failure off the page; the answer before it is there again. */
export function withoutError<T>(asked: Asked<T>): Asked<T> {
  return asked.state === 'failed' ? settled(asked.last) : asked;
}

/** How a question stands that is being asked. */
export interface Asking<T> {
  /** Shows what is known so far. @returns false once a later question was asked: the rest is not wanted. */
  soFar: (value: T) => boolean;
  isLatest: () => boolean;
}

export interface Latest<T> {
  /** Asks, and keeps the answer or the failure. A question that was cancelled (CancelledError) leaves what was there. */
  ask: (question: (asking: Asking<T>) => Promise<T>) => Promise<void>;
  /** Whatever is being asked is not wanted any more; what was there stays. */
  drop: () => void;
}

/** Questions of one kind, of which only the latest counts: an answer that was overtaken by another question is dropped. */
export function latest<T>(read: () => Asked<T>, write: (asked: Asked<T>) => void): Latest<T> {
  let newest = 0;
  return {
    async ask(question) {
      const mine = ++newest;
      const isLatest = (): boolean => mine === newest;
      const soFar = (last: T): boolean => {
        if (isLatest()) write({ state: 'asking', last });
        return isLatest();
      };
      const before = shownOf(read());
      write({ state: 'asking', last: before });
      try {
        const value = await question({ soFar, isLatest });
        if (isLatest()) write({ state: 'answered', value });
      } catch (error) {
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

const settled = <T>(value: T | null): Asked<T> => (value === null ? IDLE : { state: 'answered', value });
