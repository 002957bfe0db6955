import { describe, expect, it } from 'vitest';
import { writeCheckpoint } from '../../../formats/huggingface';
import { tinyQwen3 } from '../../../formats/tiny-qwen3.test-data';
import { sha256 } from '../../../lib/hash';
import { checkpointTensors } from '../../../tensors/layout';
import { ModelStore } from '../models/model-store';
import { OwnLocks } from '../runs/locks';
import { MemoryFolder } from '../runs/memory-files';
import type { TakeProgress } from './api';
import { Hub } from './hub';

const HOST = 'https://hub.example.org';
const COMMIT = 'c'.repeat(40);
const files = new Map(
  writeCheckpoint(
    tinyQwen3,
    new Map(checkpointTensors(tinyQwen3).map(({ name, length }) => [name, new Float32Array(length).fill(0.5)])),
  ),
);

interface Behaviour {
  /** Bytes of weights after which a connection breaks. */
  breaksAfter?: number;
  /** Answers the whole file to every request. */
  noRanges?: boolean;
  /** Answers this many requests for weights with a status first. */
  first?: { status: number; times: number; retryAfter?: string };
  /** Bytes that are sent instead of the weights. */
  weights?: Uint8Array;
}

/** A hub in memory. */
function hubOf(behaviour: Behaviour = {}) {
  const root = new MemoryFolder();
  const store = new ModelStore(root, new OwnLocks());
  const ranges: string[] = [];
  const waits: number[] = [];
  let refusals = behaviour.first?.times ?? 0;
  const siblings = [...files].map(([rfilename, bytes]) => ({
    rfilename,
    size: bytes.length,
    ...(rfilename.endsWith('.safetensors') ? { lfs: { sha256: sha256(bytes), size: bytes.length } } : {}),
  }));
  siblings.push({ rfilename: '../../etc/passwd', size: 3 }, { rfilename: 'onnx/model.json', size: 3 });
  const answer = (url: string, init: RequestInit): Response => {
    const { pathname } = new URL(url);
    if (pathname === '/api/models/owner/tiny/revision/main')
      return Response.json({ sha: COMMIT, siblings, cardData: { license: 'mit' } });
    if (pathname.startsWith('/api/models/owner/private')) return new Response('', { status: 403 });
    if (pathname.startsWith('/api/models/owner/gated')) return new Response('', { status: 401 });
    const name = pathname.split(`/resolve/${COMMIT}/`)[1] ?? '';
    const whole = files.get(name);
    if (!whole) return new Response('', { status: 404 });
    const isWeights = name.endsWith('.safetensors');
    const range = new Headers(init.headers).get('Range') ?? 'bytes=0-';
    if (isWeights) ranges.push(range);
    if (isWeights && refusals > 0) {
      refusals--;
      const { status = 500, retryAfter } = behaviour.first ?? {};
      return new Response('', { status, headers: retryAfter === undefined ? {} : { 'Retry-After': retryAfter } });
    }
    const sent = isWeights ? (behaviour.weights ?? whole) : whole;
    const from = behaviour.noRanges ? 0 : Number(/\d+/.exec(range)?.[0]);
    const end = isWeights && behaviour.breaksAfter ? from + behaviour.breaksAfter : sent.length;
    const body = new ReadableStream<Uint8Array>({
      start(controller) {
        controller.enqueue(Uint8Array.from(sent.subarray(from, end)));
        if (end < sent.length) setTimeout(() => controller.error(new Error('broken')));
        else controller.close();
      },
    });
    return new Response(body, { status: behaviour.noRanges ? 200 : 206 });
  };
  const hub = new Hub(
    HOST,
    Promise.resolve(store),
    (url, init) => Promise.resolve(answer(url, init)),
    (ms) => {
      waits.push(ms);
      return Promise.resolve();
    },
  );
  return { hub, root, store, ranges, waits };
}

const heard = () => {
  const told: TakeProgress[] = [];
  return { told, listener: (progress: TakeProgress): void => void told.push(progress) };
};

describe('a model of a hub', () => {
  it('is looked at first, pinned to its commit, without files that lie elsewhere', async () => {
    const { hub } = hubOf();
    const model = await hub.look('owner/tiny', 'main');
    expect(model).toMatchObject({ id: 'owner/tiny', commit: COMMIT, licence: 'mit' });
    expect(model.choices).toHaveLength(1);
    expect(model.choices[0]!.files.map(({ name }) => name).sort()).toEqual([...files.keys()].sort());
    expect(model.choices[0]!.bytes).toBe([...files.values()].reduce((sum, { length }) => sum + length, 0));
  });

  it('is taken up where a connection broke, and is the same model', async () => {
    const { hub, store, ranges } = hubOf({ breaksAfter: 1000 });
    const { told, listener } = heard();
    const kept = await hub.take(await hub.look('owner/tiny', 'main'), 0, listener);
    expect(kept).toMatchObject({ name: 'tiny', from: `${HOST}/owner/tiny/tree/${COMMIT}`, kind: 'huggingface' });
    expect(await store.list()).toEqual([kept]);
    const { opened } = await store.model(kept.hash);
    expect(await opened.hash()).toBe(kept.hash);
    expect(ranges.slice(0, 3)).toEqual(['bytes=0-', 'bytes=1000-', 'bytes=2000-']);
    expect(told.some(({ waits }) => waits?.startsWith('the connection broke') === true)).toBe(true);
    expect(told.at(-1)!.of).toBe([...files.values()].reduce((sum, { length }) => sum + length, 0));
  });

  it('comes from a host without ranges too, and waits as long as it is told to', async () => {
    const whole = hubOf({ noRanges: true, first: { status: 429, times: 2, retryAfter: '7' } });
    const kept = await whole.hub.take(await whole.hub.look('owner/tiny', 'main'), 0, heard().listener);
    expect(whole.waits).toEqual([7000, 7000]);
    expect(kept.hash).toBe(await (await whole.store.model(kept.hash)).opened.hash());
  });

  it('leaves nothing where it is not what the hub says, keeps breaking or is cancelled', async () => {
    const weights = files.get('model.safetensors')!;
    const other = Uint8Array.from(weights);
    other[other.length - 1]! ^= 1;
    const spoilt = hubOf({ weights: other });
    const model = await spoilt.hub.look('owner/tiny', 'main');
    await expect(spoilt.hub.take(model, 0, heard().listener)).rejects.toThrow(/SHA-256 is [0-9a-f]{12}, expected/);
    const longer = hubOf({ weights: Uint8Array.from([...weights, 1]) });
    await expect(longer.hub.take(model, 0, heard().listener)).rejects.toThrow(/more than the \d+ bytes that the hub/);
    const broken = hubOf({ first: { status: 503, times: 100 } });
    await expect(broken.hub.take(model, 0, heard().listener)).rejects.toThrow(/the host answers 503 6 times at byte 0/);
    const cancelled = hubOf({ breaksAfter: 1000 });
    const ended = cancelled.hub.take(model, 0, ({ done }) => {
      if (done > 1000) cancelled.hub.cancel();
    });
    await expect(ended).rejects.toMatchObject({ name: 'CancelledError' });
    for (const { root } of [spoilt, longer, broken, cancelled]) expect(await root.folders()).toEqual([]);
  });

  it.each([
    ['owner/gated', 'main', /^owner\/gated at main: private, gated or not there \(401\), expected one that anybody/],
    ['owner/private', 'main', /^owner\/private at main: private, gated or not there \(403\)/],
    ['owner/lost', 'main', /^owner\/lost at main: not there \(404\)/],
    ['owner', 'main', /^"owner" is no model of a hub, expected OWNER\/NAME/],
    ['../etc/passwd', 'main', /is no model of a hub/],
    ['owner/tiny', '../../x', /is no revision, expected a branch, a tag or a commit/],
  ])('%s at %s is refused in a sentence', async (id, revision, message) => {
    await expect(hubOf().hub.look(id, revision)).rejects.toThrow(message);
  });
});
