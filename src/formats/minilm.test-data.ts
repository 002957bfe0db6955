import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const PATH = new URL('../../.models/all-MiniLM-L6-v2', import.meta.url);

export const MINILM_PATH = fileURLToPath(PATH);

/** Whether the weights are here, after `npm run models`; without them, tests that need them are counted as skipped. */
export const hasMiniLm = existsSync(PATH);
