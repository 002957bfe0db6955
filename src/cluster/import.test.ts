import { describe, expect, it } from 'vitest';
import { InputError } from '../lib/errors';
import { readRunFile } from '../runs/run-file';
import { sessionHash } from '../session/session-hash';
import { readRunState } from '../training/run-state-file';
import { clusterRun } from './cluster-run.test-data';
import { importedFiles, readClusterRun } from './import';

const { session, task, pages, files } = await clusterRun();

const read = (changes: ReadonlyMap<string, Uint8Array | null> = new Map()) => {
  const found = (name: string) => (changes.has(name) ? changes.get(name)! : (files.get(name) ?? null));
  return (name: string) => Promise.resolve(found(name));
};

async function imported(changes?: ReadonlyMap<string, Uint8Array | null>) {
  const reader = read(changes);
  return importedFiles(reader, 'run', await readClusterRun(reader, 'run'), { task }, 1_700_000_000_000);
}

const bytes = (text: string) => new TextEncoder().encode(text);
const edited = (name: string, edit: (text: string) => string) =>
  new Map([[name, bytes(edit(new TextDecoder().decode(files.get(name))))]]);

describe('a run that comes back from a cluster', () => {
  it('is a run of ours: its records, its model, its session', async () => {
    const run = await imported();
    for (const name of ['metrics.jsonl', 'traces.jsonl', 'graph.jsonl', 'graph-start.json', 'positions.bin']) {
      expect(run.get(name)).toEqual(new Uint8Array(files.get(name)!));
    }
    const file = readRunFile(run.get('run.json')!, 'run.json');
    expect(file).toMatchObject({
      status: 'finished',
      fingerprint: null,
      checkpoints: [7],
      adapter: 'cluster, 2 processes',
    });
    expect(file.session).toEqual(session);
    const state = readRunState(run.get('state.safetensors')!, sessionHash(session), 'state');
    // What pads a page belongs to no tensor.
    const held = (page: Float32Array) => page.reduce((sum, value) => sum + Math.abs(value), 0);
    expect(state.weights.map(({ length }) => length)).toEqual(pages.map(({ length }) => length));
    state.weights.forEach((page, i) => {
      page.forEach((value, at) => expect(value === 0 || value === pages[i]![at]).toBe(true));
      expect(held(page)).toBeGreaterThan(0.9 * held(pages[i]!));
    });
  });

  it('is refused in a sentence where it is none, is not finished, or was changed', async () => {
    const cases: [ReadonlyMap<string, Uint8Array | null>, RegExp][] = [
      [new Map([['hand-over.json', null]]), /no hand-over.json, expected the folder run/],
      [edited('hand-over.json', (text) => text.replace('accelerate', 'other')), /kind is wrong/],
      [
        edited('session.json', (text) => text.replace('"seed": 5', '"seed": 6')),
        /not the session that was handed over/,
      ],
      [new Map([['done.json', null]]), /training has not ended there, expected all 7 steps/],
      [
        edited('done.json', (text) => text.replace(/[0-9a-f]{64}/, '0'.repeat(64))),
        /not the model that this run ended with/,
      ],
      [edited('metrics.jsonl', (text) => text.split('\n').slice(0, 4).join('\n')), /ends at step 4, expected 7/],
      [edited('metrics.jsonl', (text) => text.replace('"loss"', '"lost"')), /not a step's metrics/],
      [edited('checkpoint/config.json', (text) => text.replace('"hidden_size": 64', '"hidden_size": 32')), /expected/],
    ];
    for (const [changes, message] of cases) {
      const refused = imported(changes);
      await expect(refused).rejects.toThrow(InputError);
      await expect(refused).rejects.toThrow(message);
    }
  });
});
