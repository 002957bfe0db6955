import type { Lab } from './lab';

export type * from './messages';

/** The methods of one of `Lab`'s groups, as the page calls them: each returns a promise. */
type Calls<Group> = {
  readonly [
    Name in keyof Group as Group[Name] extends (...args: never[]) => unknown ? Name : never
  ]: Group[Name] extends (...args: infer Args) => infer Answer ? (...args: Args) => Promise<Awaited<Answer>> : never;
};

/** The names of the worker's groups of messages. */
export type LabGroup = Exclude<keyof Lab, 'open' | 'ping'>;

/**
 * The page's side of the worker. A message is declared once, by a public method of its group's class (`lab.ts`); this
 * type derives the page's calls from it and adds the worker's end. Every call settles.
 */
export type LabClient = { readonly [Name in LabGroup]: Calls<Lab[Name]> } & {
  /** Resolves with the reason once the worker is dead; every pending call has been rejected with it before. */
  readonly death: Promise<string>;
  /** Ends the worker. */
  close(): void;
};
