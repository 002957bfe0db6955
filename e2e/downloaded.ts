import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { unzipSync } from 'fflate';
import type { Page } from './journey';
import { readNpy } from '../src/formats/npy';

/** Helpers for files that a page gave as downloads. */

/** Unpacks a zip into a folder. */
export function unpack(zip: Uint8Array, folder: string): void {
  for (const [name, bytes] of Object.entries(unzipSync(zip))) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), bytes);
  }
}

/** Presses a button that gives a zip, and unpacks it into a folder. @returns the folder. */
export async function unpackedBy(page: Page, button: string, folder: string): Promise<string> {
  const download = page.waitForEvent('download');
  await page.getByRole('button', { name: button }).click();
  unpack(readFileSync(await (await download).path()), folder);
  return folder;
}

/** Texts as the command line embeds them, L2-normalised rows. */
export function encodeAll(checkpoint: string, texts: readonly string[]): number[][] {
  const input = join(checkpoint, 'texts.jsonl');
  const output = join(checkpoint, 'vectors.npy');
  writeFileSync(input, texts.map((text, at) => `${JSON.stringify({ _id: String(at), text })}\n`).join(''));
  const args = ['scripts/lab.mjs', 'encode', '--checkpoint', checkpoint, '--input', input, '--output', output];
  const { status, stderr } = spawnSync(process.execPath, args, { encoding: 'utf8' });
  if (status !== 0) throw new Error(stderr);
  const { shape, data } = readNpy(readFileSync(output), output);
  return texts.map((_, row) => [...data.subarray(row * shape[1]!, (row + 1) * shape[1]!)]);
}
