/** Gives a file of a folder by its name (`config.json`, `qrels/test.tsv`), or null where there is none. */
export type FolderReader = (name: string) => Promise<Uint8Array | null>;

/** A folder as the formats read it, wherever it lies: a disk, OPFS, files that were dropped on the page. */
export interface Folder {
  read: FolderReader;
  /** Names in a subfolder, sorted; none where there is no such subfolder. */
  list(name: string): Promise<string[]>;
}
