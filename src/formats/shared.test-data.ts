import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** Reference data that lies beside the repository; tests that need it are skipped, and counted as skipped, without it. */
const SHARED = new URL('../../../shared/', import.meta.url);

export const hasShared = (path: string): boolean => existsSync(new URL(path, SHARED));

/** Path of a shared file or folder, for commands that take one. */
export const sharedPath = (path: string): string => fileURLToPath(new URL(path, SHARED));

export const sharedBytes = (path: string): Uint8Array => new Uint8Array(readFileSync(new URL(path, SHARED)));

export const sharedJson = (path: string): unknown => JSON.parse(readFileSync(new URL(path, SHARED), 'utf8'));
