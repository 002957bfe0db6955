import { describe, expect, it } from 'vitest';
import { parseSession } from '../config/parse-session';
import { secondsSession } from '../config/seconds.test-data';
import { sessionArchitecture } from '../config/session-checks';
import { readCheckpoint } from '../formats/huggingface';
import { Tokenizer } from '../formats/tokenizer';
import { InputError } from '../lib/errors';
import { ParameterTable } from '../model/parameters';
import { createTask } from '../tasks/registry';
import { checkpointFiles } from './checkpoint-files';

const session = parseSession(secondsSession());
const task = createTask(session.task, session.seed);
const architecture = sessionArchitecture(session, task.vocabulary.length);

/** Every tensor holds its place in the table, and its padding something that belongs nowhere. */
function pages(maxBytes: number): Float32Array[] {
  const table = new ParameterTable(architecture, maxBytes);
  const found = table.pages.map((floats) => new Float32Array(floats).fill(-1));
  table.checkpoint.forEach(({ tensor, at, length }, place) => {
    found[tensor.page]!.fill(place, tensor.offset + at, tensor.offset + at + length);
  });
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
    const names = new ParameterTable(architecture, Infinity).checkpoint.map(({ name }) => name);
    expect([...tensors.keys()].sort()).toEqual([...names].sort());
    names.forEach((name, place) => expect([...new Set(tensors.get(name))]).toEqual([place]));
    expect(new Tokenizer(tokenizer!, 'files').encode('<|embed_token|>')).toEqual(eosTokenIds);
  });

  it('refuses weights of another model', () => {
    expect(() => checkpointFiles(session, task, [new Float32Array(3)])).toThrow(InputError);
  });
});
