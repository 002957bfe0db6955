import { describe, expect, it } from 'vitest';
import { parseSession } from '../config/parse-session';
import { secondsSession } from '../config/seconds.test-data';
import { sessionArchitecture } from '../config/session-checks';
import { readCheckpoint } from '../formats/huggingface';
import { Tokenizer } from '../formats/tokenizer';
import { InputError } from '../lib/errors';
import { createTask } from '../tasks/registry';
import { checkpointTensors } from '../tensors/layout';
import { TensorTable } from '../tensors/table';
import { checkpointFiles } from './checkpoint-files';

const session = parseSession(secondsSession());
const task = createTask(session.task, session.seed);
const architecture = sessionArchitecture(session, task.vocabulary.length);

/** Every tensor holds its place in the table, and its padding something that belongs nowhere. */
function pages(blockBytes: number): Float32Array[] {
  const table = new TensorTable(architecture, { blockBytes });
  const found = table.pages.map(({ bytes }) => new Float32Array(bytes / 4).fill(-1));
  let place = 0;
  for (const { length, shape, parts, blocks } of table.tensors) {
    const values = new Float32Array(length);
    for (const part of parts) values.fill(place++, part.at, part.at + part.length);
    const width = length / shape[0]!;
    for (const { page, offset, row, rows } of blocks) {
      found[page]!.set(values.subarray(row * width, (row + rows) * width), offset / 4);
    }
  }
  return found;
}

const read = (files: ReadonlyMap<string, Uint8Array>) =>
  readCheckpoint((name) => Promise.resolve(files.get(name) ?? null), 'files');

describe("a run's model as files", () => {
  it('holds every tensor and the tokenizer, however an adapter cut the weights into pages', async () => {
    const small = pages(8192);
    expect(small.length).toBeGreaterThan(1);
    const whole = checkpointFiles(session, task, pages(Infinity));
    const cut = checkpointFiles(session, task, small);
    expect(cut).toEqual(whole);
    const { arch, tensors, tokenizer, eosTokenIds } = await read(whole);
    expect(architecture).toMatchObject(arch);
    // `transformers` 5 takes no whole number for it.
    expect(new TextDecoder().decode(whole.get('config.json'))).not.toMatch(/initializer_range|activations/);
    const names = checkpointTensors(architecture).map(({ name }) => name);
    expect([...tensors.keys()].sort()).toEqual([...names].sort());
    names.forEach((name, place) => expect([...new Set(tensors.get(name))]).toEqual([place]));
    expect(new Tokenizer(tokenizer!, 'files').encode('<|embed_token|>')).toEqual(eosTokenIds);
  });

  it('refuses weights of another model', () => {
    expect(() => checkpointFiles(session, task, [new Float32Array(3)])).toThrow(InputError);
  });
});
