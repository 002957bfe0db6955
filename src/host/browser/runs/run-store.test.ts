import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { parseSession } from '../../../config/parse-session';
import { InputError } from '../../../lib/errors';
import type { StepMetrics, TraceRecord } from '../../../records/records';
import type { RunState } from '../../../training/session-run';
import type { KeptRun } from './kept-run';
import { OwnLocks } from './locks';
import { MemoryFolder, type Limits } from './memory-files';
import { RunStore } from './run-store';

const session = parseSession({ seed: 3, pretrain: { steps: 4 }, sft: { steps: 6 } });

const stateAt = (step: number, length = 4): RunState => ({
  step,
  weights: [new Float32Array(length).fill(step)],
  stage: null,
  base: null,
  fingerprint: { chain: 'ab'.repeat(32), steps: ['0123456789ab'] },
});
const metrics = (step: number): StepMetrics => ({ step, stage: 'pretrain', loss: 1 / step });
const trace = (step: number, completion: number): TraceRecord => ({
  step,
  query: 'q',
  completion,
  ids: [1, 2],
  text: 'a b',
  logprobs: [-0.5, -1 / 3],
  entropies: [0.25, 1],
  reward: 1,
  advantage: 0,
  rank: 1,
});

/** Steps `from` to `to`, a checkpoint every two. */
async function play(run: KeptRun, from: number, to: number): Promise<void> {
  for (let step = from; step <= to; step++) {
    run.addTraces([trace(step, 0), trace(step, 1)]);
    run.addRefresh({ step, reencoded: [], added: [[1, 2]], removed: [], compensated: { count: 0, mean_drift: 0 }, searches: [], recall: null, reward_error: null }, Float32Array.of(step, 1, 2, 3)); // prettier-ignore
    run.addMetrics([metrics(step)]);
    if (step % 2 === 0) await run.saveState(stateAt(step));
  }
}

describe('the store of runs', () => {
  let limits: Limits;
  let folder: MemoryFolder;
  let store: RunStore;
  beforeEach(() => {
    limits = { room: Infinity };
    folder = new MemoryFolder(limits);
    store = new RunStore(folder, new OwnLocks());
  });
  const begin = () => store.create(session, {}, 'an adapter');
  /** As after the page was closed: locks are gone, files are there. */
  const reopened = () => new RunStore(folder, new OwnLocks());

  it('lists a run as held, then as interrupted where it was let go without an end, then as finished', async () => {
    const run = await begin();
    await play(run, 1, 3);
    expect(await store.list()).toMatchObject([{ id: run.id, state: 'held', run: { session, checkpoints: [2] } }]);
    run.close();
    const [interrupted] = await store.list();
    expect(interrupted).toMatchObject({ state: 'interrupted', run: { totalSteps: 10, adapter: 'an adapter' } });
    expect(interrupted!.bytes).toBeGreaterThan(500);
    const again = (await reopened().take(run.id))!;
    await again.change({ status: 'finished', fingerprint: { fingerprint: 'ff', steps: [] } });
    again.close();
    expect(await reopened().list()).toMatchObject([{ state: 'finished', run: { fingerprint: 'ff' } }]);
  });

  it('gives back the last state, and the records up to it', async () => {
    const run = await begin();
    await play(run, 1, 5);
    run.close();
    const again = (await reopened().take(run.id))!;
    expect(await again.restore()).toEqual(stateAt(4));
    expect((await again.records.all('metrics')).map(({ step }) => step)).toEqual([1, 2, 3, 4]);
    expect(again.records.steps()).toEqual({ traces: [1, 2, 3, 4], dev: [], graph: [1, 2, 3, 4] });
    expect(await again.records.at('traces', 3)).toEqual([trace(3, 0), trace(3, 1)]);
    expect(await again.records.positions(3)).toEqual(Float32Array.of(3, 1, 2, 3));
    expect(await again.records.positions(5)).toBeNull();
    expect((await again.records.at('graph', 4))[0]?.added).toEqual([[1, 2]]);
    await play(again, 5, 6);
    const seen = await store.records(run.id);
    expect((await seen.all('metrics')).map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('starts a run without a checkpoint anew', async () => {
    const run = await begin();
    await play(run, 1, 1);
    run.close();
    const again = (await reopened().take(run.id))!;
    expect(await again.restore()).toBeNull();
    expect(await again.records.all('metrics')).toEqual([]);
  });

  it('lends a run to one at a time', async () => {
    const run = await begin();
    expect(await store.take(run.id)).toBeNull();
    await expect(store.delete(run.id)).rejects.toThrow(InputError);
    run.close();
    expect(await store.take(run.id)).not.toBeNull();
  });

  it('keeps names, and brings back what was deleted until it is purged', async () => {
    const run = await begin();
    run.close();
    await store.change(run.id, { title: 'Ours', tags: ['a'] });
    await store.change(run.id, { notes: 'two\nlines' });
    expect(await store.list()).toMatchObject([{ title: 'Ours', tags: ['a'], notes: 'two\nlines' }]);
    await store.delete(run.id);
    expect(await store.list()).toEqual([]);
    await store.undelete(run.id);
    expect(await store.list()).toHaveLength(1);
    await store.delete(run.id);
    expect(await store.purge()).toBe(1);
    expect(await folder.folders()).toEqual([]);
  });

  it('gives up deleted runs, then older checkpoints and never the last one, when the disk is full', async () => {
    const other = await begin();
    await play(other, 1, 4);
    other.close();
    const gone = await begin();
    gone.close();
    await store.delete(gone.id);
    const run = await begin();
    const told: string[] = [];
    run.notify = ({ full, text }) => told.push(`${full ? 'full' : 'room'}: ${text}`);
    limits.room = 100;
    run.addMetrics(Array.from({ length: 3 }, (_, i) => metrics(i + 1)));
    await run.saveState(stateAt(3));
    expect(told[0]).toMatch(/^room: .*a deleted run is gone for good/);

    limits.room = 10;
    await run.saveState(stateAt(4, 100));
    expect(told[1]).toMatch(/^room: .*older checkpoints of a run were removed; each keeps its last/);
    expect(told.at(-1)).toMatch(/^(room|full)/);
    const kept = (await reopened().take(other.id))!;
    expect((await kept.restore())?.step).toBe(4);
  });

  it('lets a run go on in memory when there is no room at all, says so once, and saves it when there is', async () => {
    const run = await begin();
    await play(run, 1, 2);
    const told: string[] = [];
    run.notify = ({ full, text }) => told.push(`${full ? 'full' : 'room'}: ${text}`);
    limits.room = 0;
    await play(run, 3, 6);
    expect(told).toHaveLength(1);
    expect(told[0]).toMatch(/^full: .*goes on in memory, and if the page closes it can be continued from step 2/);
    expect(await run.records.at('traces', 5)).toHaveLength(2);
    run.close();
    // What the disk holds is the whole of step 2.
    const crashed = (await reopened().take(run.id))!;
    expect((await crashed.restore())?.step).toBe(2);
    expect((await crashed.records.all('metrics')).map(({ step }) => step)).toEqual([1, 2]);
  });

  it('saves what waited in memory once there is room again', async () => {
    const run = await begin();
    await play(run, 1, 2);
    const told: string[] = [];
    run.notify = ({ text }) => told.push(text);
    limits.room = 0;
    await play(run, 3, 3);
    expect(await run.saveState(stateAt(3))).toBe(false);
    limits.room = Infinity;
    await play(run, 4, 4);
    expect(told.at(-1)).toMatch(/There is room again/);
    run.close();
    const again = (await reopened().take(run.id))!;
    expect((await again.restore())?.step).toBe(4);
    expect((await again.records.all('metrics')).map(({ step }) => step)).toEqual([1, 2, 3, 4]);
  });

  it('keeps the last state that it said it kept, wherever the room ends', async () => {
    // Before each checkpoint the disk has this many bytes left; some are enough for all, some end within a journal, a state
    // or a description.
    const room = fc.oneof(fc.nat(3000), fc.nat(400), fc.constant(Infinity));
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(room, { minLength: 1, maxLength: 8 }), fc.nat(300), async (rooms, length) => {
        limits.room = Infinity;
        folder = new MemoryFolder(limits);
        store = new RunStore(folder, new OwnLocks());
        const other = await begin();
        await play(other, 1, 4);
        other.close();
        const run = await begin();
        let full = false;
        run.notify = (notice) => (full = notice.full);
        let kept: RunState | null = null;
        for (const [i, left] of rooms.entries()) {
          const step = i + 1;
          limits.room = left;
          run.addTraces([trace(step, 0)]);
          run.addMetrics([metrics(step)]);
          const state = stateAt(step, length);
          if (await run.saveState(state)) kept = state;
          // Who is told that there is room can close the page.
          expect(full).toBe(kept !== state);
          if (kept !== state) refused += 1;
        }
        run.close();
        const again = (await reopened().take(run.id))!;
        expect(await again.restore()).toEqual(kept);
        const steps = (await again.records.all('metrics')).map(({ step }) => step);
        expect(steps).toEqual(Array.from({ length: kept?.step ?? 0 }, (_, i) => i + 1));
        expect((await (await reopened().take(other.id))!.restore())?.step).toBe(4);
      }),
      { numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(100);
  });

  it('names a run that another version wrote, so that it can be deleted', async () => {
    const run = await begin();
    run.close();
    const inner = await folder.folder(run.id);
    for (const name of ['run.0', 'run.1']) await inner.remove(name);
    const { Slots } = await import('./slots');
    await new Slots(inner, 'run').write(new TextEncoder().encode('{"format":99}'));
    expect(await store.list()).toMatchObject([{ state: 'unreadable', run: null }]);
    await store.delete(run.id);
    expect(await store.list()).toEqual([]);
  });
});
