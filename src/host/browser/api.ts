import type { Lab } from './lab';

export type * from './messages';

/** Each method of a group of `Lab`'s, as the page calls it: it always answers with a promise. */
type Calls<Group> = {
  readonly [
    Name in keyof Group as Group[Name] extends (...args: never[]) => unknown ? Name : never
  ]: Group[Name] extends (...args: infer Args) => infer Answer ? (...args: Args) => Promise<Awaited<Answer>> : never;
};

/** The names of the worker's groups of messages. */
export type LabGroup = Exclude<keyof Lab, 'open' | 'ping'>;

/**
 * The page's side of the worker. A message is declared once, by a public method of its group's class (`lab.ts`); here it
 * follows, with what becomes of the worker. Every call settles.
 */
export type LabClient = { readonly [Name in LabGroup]: Calls<Lab[Name]> } & {
  /** Resolves with the reason once the worker is dead; every pending call has been rejected with it by then. */
  readonly death: Promise<string>;
  /** Ends the worker. */
  close(): void;
};
