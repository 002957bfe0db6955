import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Reference data that lies beside the repository; tests that need it are skipped, and counted as skipped, without it. */
const SHARED = new URL('../../../shared/', import.meta.url);
/** This repository, which holds the reference cases that were made for the project. */
const OWN = new URL('../../', import.meta.url);

const at = (path: string): URL => new URL(path, path.split('/')[0] === 'fixtures' ? OWN : SHARED);

export const hasShared = (path: string): boolean => existsSync(at(path));

/** Path of a shared file or folder, for commands that take one. */
export const sharedPath = (path: string): string => fileURLToPath(at(path));

export const sharedBytes = (path: string): Uint8Array => new Uint8Array(readFileSync(at(path)));

export const sharedJson = (path: string): unknown => JSON.parse(readFileSync(at(path), 'utf8'));
