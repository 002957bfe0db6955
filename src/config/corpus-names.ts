/**
 * Names of users' documents on this page, by the hash under which a session and its link name them. A name says where
 * they came from and stays in this browser: links hold the hash alone.
 */
export interface NamedCorpus {
  name: string;
  documents: number;
}

const names = new Map<string, NamedCorpus>();

export const nameCorpus = (hash: string, named: NamedCorpus): void => void names.set(hash, named);

export const namedCorpus = (hash: string): NamedCorpus | null => names.get(hash) ?? null;

/** The name of documents, or their hash in short; empty for no documents. */
export const corpusName = (hash: string): string =>
  names.get(hash)?.name ?? (hash === '' ? '' : `documents ${hash.slice(0, 8)}`);
