import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { openModel } from './open-model';
import type { OpenedModel } from './opened-model';

const FILE = 'SmolLM2-135M-Instruct.Q4_1.gguf';
const PATH = new URL(`../../.models/${FILE}`, import.meta.url);

export const SMOLLM2_PATH = fileURLToPath(PATH);

/** Whether the weights are here, after `npm run models`; without them, tests that need them are counted as skipped. */
export const hasSmolLm2 = existsSync(PATH);

/** SmolLM2-135M-Instruct, from its GGUF file. */
export function smolLm2(): Promise<OpenedModel> {
  const bytes = new Uint8Array(readFileSync(PATH));
  const files = {
    names: [FILE],
    size: () => bytes.length,
    read: (_name: string, from: number, to: number) => Promise.resolve(bytes.subarray(from, to)),
  };
  return openModel(files, FILE);
}
