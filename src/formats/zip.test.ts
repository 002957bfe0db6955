import { unzipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { InputError } from '../lib/errors';
import type { FileContents } from './streamed-checkpoint';
import { writeZip } from './zip';

const text = (value: string): Uint8Array => new TextEncoder().encode(value);
const streamed = (...pieces: string[]): FileContents => ({
  bytes: pieces.join('').length,
  pieces: async function* () {
    for (const piece of pieces) yield await Promise.resolve(text(piece));
  },
});

async function zipped(files: Map<string, FileContents>): Promise<Uint8Array> {
  const parts: Uint8Array[] = [];
  await writeZip(files, (bytes) => parts.push(bytes.slice()));
  return new Uint8Array(Buffer.concat(parts));
}

describe('a zip written a piece at a time', () => {
  const files = () =>
    new Map<string, FileContents>([
      ['config.json', text('{"a": 1}')],
      ['1_Pooling/config.json', text('{}')],
      ['model.safetensors', streamed('abc', '', 'defg')],
    ]);

  it('holds the files, and the same files give the same zip', async () => {
    const zip = await zipped(files());
    const found = Object.entries(unzipSync(zip)).map(([name, bytes]) => [name, new TextDecoder().decode(bytes)]);
    expect(found).toEqual([
      ['config.json', '{"a": 1}'],
      ['1_Pooling/config.json', '{}'],
      ['model.safetensors', 'abcdefg'],
    ]);
    expect(await zipped(files())).toEqual(zip);
  });

  it('reports its progress, and ends where the listener throws', async () => {
    const told: [string, number][] = [];
    await writeZip(files(), () => undefined, (file, done) => told.push([file, done])); // prettier-ignore
    expect(told.at(-1)).toEqual(['model.safetensors', 17]);
    const ended = writeZip(files(), () => undefined, () => { throw new Error('enough'); }); // prettier-ignore
    await expect(ended).rejects.toThrow('enough');
  });

  it('of more than 4 GB is refused before anything is written', async () => {
    const written: Uint8Array[] = [];
    const large = new Map<string, FileContents>([
      [
        'model.safetensors',
        {
          bytes: 5e9,
          pieces: () => {
            throw new Error('read');
          },
        },
      ],
    ]);
    await expect(writeZip(large, (bytes) => written.push(bytes))).rejects.toThrow(InputError);
    await expect(writeZip(large, (bytes) => written.push(bytes))).rejects.toThrow('5.0 GB, expected at most 4 GB');
    expect(written).toEqual([]);
  });
});
