import { corpusOf } from '../../../config/tasks';
import { unzipSync, zipSync } from 'fflate';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { parseSession } from '../../../config/parse-session';
import { presetSession } from '../../../config/presets';
import { InputError } from '../../../lib/errors';
import { sha256 } from '../../../lib/hash';
import { OwnDocuments } from '../own-documents';
import { writeArchive, storeArchive } from './archive';
import { filled, state } from './filled-run.test-data';
import { OwnLocks } from './locks';
import { MemoryFolder } from './memory-files';
import { RunStore } from './run-store';

const withDocuments = (corpus: string) => {
  const preset = presetSession('text')!;
  return parseSession({ ...preset, task: { ...preset.task, corpus } });
};
const refusal = async (bytes: Uint8Array<ArrayBuffer>): Promise<string> => {
  const store = new RunStore(new MemoryFolder(), new OwnLocks());
  try {
    await storeArchive(store, new Blob([bytes]));
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    expect(await store.list()).toEqual([]);
    return error.message;
  }
  return 'accepted';
};

/** A run file of any contents, sealed as a stranger could who knows how it is done. */
function sealed(
  files: Readonly<Record<string, string>>,
  spoil: (zipped: Uint8Array<ArrayBuffer>) => void = () => undefined,
): Uint8Array<ArrayBuffer> {
  const encoded = Object.entries(files).map(([name, text]) => [name, new TextEncoder().encode(text)] as const);
  const listed = encoded.map(([name, bytes]) => [name, { bytes: bytes.length, sha256: sha256(bytes) }] as const);
  const manifest = { format: 'search-r3-lab run', version: 1, files: Object.fromEntries(listed) };
  const all = { ...Object.fromEntries(encoded), 'manifest.json': new TextEncoder().encode(JSON.stringify(manifest)) };
  const zipped = Uint8Array.from(zipSync(all));
  spoil(zipped);
  const out = new Uint8Array(zipped.length + 71);
  out.set(zipped);
  new DataView(out.buffer).setUint16(zipped.length - 2, 71, true);
  out.set(new TextEncoder().encode(`sha256:${sha256(out.subarray(0, zipped.length))}`), zipped.length);
  return out;
}

describe('a run as one file', () => {
  let bytes: Uint8Array<ArrayBuffer>;
  beforeAll(async () => {
    const { store, id } = await filled();
    bytes = await writeArchive(store, id);
  });

  it('holds the model in Hugging Face layout, and comes back with it as without', async () => {
    const { store, id } = await filled();
    const model = new Map([['config.json', new TextEncoder().encode('{}')]]);
    const exported = await writeArchive(store, id, null, model);
    const config = unzipSync(exported)['checkpoint/config.json'];
    expect(new TextDecoder().decode(config)).toBe('{}');
    const imported = await storeArchive(store, new Blob([exported]));
    expect((await store.get(imported)).title).toBe('Ours');
    expect(await store.state(imported)).toEqual(state);
  });

  it('comes back whole, as another run', async () => {
    const { store, id } = await filled();
    const before = await store.get(id);
    const imported = await storeArchive(store, new Blob([bytes]));
    expect(imported).not.toBe(id);
    const after = await store.get(imported);
    expect({ ...after, id: '', bytes: 0, created: 0, updated: 0 }).toEqual({
      ...before,
      id: '',
      bytes: 0,
      created: 0,
      updated: 0,
    });
    const [a, b] = [await store.records(id), await store.records(imported)];
    expect(b.steps()).toEqual({ traces: [3, 4], dev: [2], graph: [3, 4] });
    expect(await b.all('metrics')).toEqual(await a.all('metrics'));
    expect(await b.all('dev')).toEqual(await a.all('dev'));
    for (const step of [2, 3, 4]) {
      expect(await b.at('traces', step)).toEqual(await a.at('traces', step));
      expect(await b.at('dev-traces', step)).toEqual(await a.at('dev-traces', step));
      expect(await b.at('graph', step)).toEqual(await a.at('graph', step));
      expect(await b.positions(step)).toEqual(await a.positions(step));
    }
    expect(await b.all('graph-start')).toEqual(await a.all('graph-start'));
    expect(await store.state(imported)).toEqual(state);
    // A run that continues is cut back like any other.
    const kept = (await store.take(imported))!;
    expect((await kept.restore())?.step).toBe(4);
    expect(await writeArchive(store, imported)).toHaveLength(bytes.length);
  });

  it('takes the documents along that it trains on', async () => {
    const documents = new TextEncoder().encode('{"_id":"a","text":"wing"}\n');
    const corpus = sha256(documents);
    const { store, id } = await filled(withDocuments(corpus));
    const own = new OwnDocuments(new MemoryFolder());
    const without = await writeArchive(store, id, own);
    await own.keep(corpus, documents);
    const whole = await writeArchive(store, id, own);

    const elsewhere = {
      store: new RunStore(new MemoryFolder(), new OwnLocks()),
      own: new OwnDocuments(new MemoryFolder()),
    };
    await storeArchive(elsewhere.store, new Blob([without]), elsewhere.own);
    expect(await elsewhere.own.read(corpus)).toBeNull();
    await storeArchive(elsewhere.store, new Blob([whole]), elsewhere.own);
    expect(await elsewhere.own.read(corpus)).toEqual(documents);

    const described: object = JSON.parse(new TextDecoder().decode(unzipSync(whole)['run.json'])) as object;
    const run = JSON.stringify({ ...described, checkpoints: [] });
    const about = JSON.stringify({ title: '', notes: '', tags: [] });
    const [last] = await elsewhere.store.list();
    expect(corpusOf(last!.run!.session.task)).toBe(corpus);
    const others = sealed({ 'run.json': run, 'about.json': about, 'corpus.jsonl': 'x' });
    expect(await refusal(others)).toMatch(/^corpus.jsonl: not the documents of this run, expected/);
  });

  it('is refused in one sentence with any bit of it turned, and nothing is kept of it', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.nat(7), async (at, bit) => {
        const damaged = bytes.slice();
        damaged[at]! ^= 1 << bit;
        expect(await refusal(damaged)).toMatch(/^run file: [^\n]*expected[^\n]*$/);
      }),
      { numRuns: 300 },
    );
  });

  it('is refused in one sentence where it ends early or late, and with other bytes altogether', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), async (length) => {
        expect(await refusal(bytes.slice(0, length))).toMatch(/^run file: [^\n]*expected[^\n]*$/);
      }),
      { numRuns: 150 },
    );
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ minLength: 1, maxLength: 300 }), async (other) => {
        expect(await refusal(Uint8Array.from(other))).toMatch(/expected/);
        const longer = new Uint8Array(bytes.length + other.length);
        longer.set(bytes);
        longer.set(other, bytes.length);
        expect(await refusal(longer)).toMatch(/^run file: [^\n]*expected[^\n]*$/);
      }),
    );
  });

  it('leaves the runs that are there as they were, whatever is wrong with it', async () => {
    const { store, id } = await filled();
    const before = await store.list();
    const whole = await writeArchive(store, id);
    const flipped = bytes.slice();
    flipped[100]! ^= 4;
    const foreign = Uint8Array.from(zipSync({ 'photo.jpg': new Uint8Array(50) }));
    const files = { truncated: bytes.slice(0, bytes.length >> 1), flipped, foreign, empty: new Uint8Array(0) };
    for (const [kind, file] of Object.entries(files)) {
      await expect(storeArchive(store, new Blob([file])), kind).rejects.toThrow(InputError);
      expect(await store.list(), kind).toEqual(before);
    }
    expect(await store.purge()).toBe(0);
    expect(await writeArchive(store, id)).toEqual(whole);
  });

  it('is refused where it unpacks to more than a run could, or to more than it says', async () => {
    const empty = JSON.stringify({ title: '', notes: '', tags: [] });
    const bomb = sealed({ 'run.json': '0'.repeat(2 ** 25), 'about.json': empty });
    expect(bomb.length).toBeLessThan(2 ** 16);
    expect(await refusal(bomb)).toMatch(/^run file: unpacks to more than 16777216 bytes, expected/);
    // Its header says that it is small.
    const liar = sealed({ 'run.json': '0'.repeat(5000), 'about.json': empty }, (zipped) => {
      new DataView(zipped.buffer).setUint32(22, 10, true);
    });
    expect(await refusal(liar)).toMatch(/^run file: .*expected/);
  });

  it('is refused where it is sealed and still no run', async () => {
    expect(await refusal(sealed({ 'a.txt': 'hello' }))).toMatch(/^run file: without run.json, expected/);
    const about = JSON.stringify({ title: '', notes: '', tags: [] });
    expect(await refusal(sealed({ 'run.json': '{"format":2}', 'about.json': about }))).toMatch(/^run.json: .*expected/);
    expect(await refusal(sealed({ 'run.json': '[', 'about.json': about }))).toMatch(/^run.json: .*expected/);
    const plain = zipSync({ 'run.json': new Uint8Array(3) });
    expect(await refusal(Uint8Array.from(plain))).toMatch(/^run file: .*expected/);
  });
});
