export declare const engineFolders: string[];
export declare function unlistedFolders(root: string): string[];
