/** The product's own source files with their texts, tests left out. */
export declare function sourcesOf(root: string): Map<string, string>;
/** Names that two or more files export, each with those files. */
export declare function namesTwice(sources: ReadonlyMap<string, string>): [name: string, paths: string[]][];
/** Groups of files that import each other, types included. */
export declare function importCircles(sources: ReadonlyMap<string, string>): string[][];

/** Files that a task, a setting, a metric or a message of the worker touches, by the name that it has in the code. */
export const placesOf: Readonly<
  Record<'task' | 'setting' | 'metric' | 'message', (sources: ReadonlyMap<string, string>, name: string) => string[]>
>;
