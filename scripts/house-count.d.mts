/** The product's own source files with their texts, tests left out. */
export declare function sourcesOf(root: string): Map<string, string>;
/** Names that two or more files export, each with those files. */
export declare function namesTwice(sources: ReadonlyMap<string, string>): [name: string, paths: string[]][];
/** Groups of files that import each other, types included. */
export declare function importCircles(sources: ReadonlyMap<string, string>): string[][];
