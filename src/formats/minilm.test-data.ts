import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PATH = new URL('../../.models/all-MiniLM-L6-v2', import.meta.url);

export const MINILM_PATH = fileURLToPath(PATH);

/** Whether `npm run models` was called; tests that need the weights are skipped, and counted as skipped, without it. */
export const hasMiniLm = existsSync(PATH);
