import { expect, test, vi } from 'vitest';
import { applySettings } from '../../config/edit-session';
import { parseSession } from '../../config/parse-session';
import { secondsSession } from '../../config/seconds.test-data';
import type { RunEvent, RunOrigin } from './messages';
import { FakeEngine } from './fake-engine.test-data';
import { Lab } from './lab';
import { writeArchive, storeArchive } from './runs/archive';
import { OwnLocks } from './runs/locks';
import { MemoryFolder } from './runs/memory-files';
import { ModelStore } from './models/model-store';
import { RunStore } from './runs/run-store';
import { TuningStore } from './tuning-store';

const parent = parseSession(
  secondsSession({ pretrain: { steps: 0 }, sft: { steps: 12 }, grpo: { steps: 0 }, checkpoint: { every: 4 } }),
);
const child = applySettings(parent, ['sft.learning_rate=0.001', 'sft.steps=16']);

function setUp() {
  const store = new RunStore(new MemoryFolder(), new OwnLocks());
  const lab = new Lab({
    engine: new FakeEngine(),
    store: Promise.resolve(store),
    models: ModelStore.open(),
    tunings: TuningStore.open(),
    page: 'http://localhost/',
  });
  const run = async (session: typeof parent, origin: RunOrigin = {}): Promise<{ id: string; events: RunEvent[] }> => {
    const events: RunEvent[] = [];
    const id = await lab.run.start(session, (event) => events.push(event), origin);
    await vi.waitFor(
      () => expect(events).toContainEqual(expect.objectContaining({ kind: 'status', status: 'finished' })),
      { timeout: 5000 },
    );
    return { id: id!, events };
  };
  return { store, run };
}

const past = (events: readonly RunEvent[]) => events.find((event) => event.kind === 'past');
const told = (events: readonly RunEvent[]) =>
  events.flatMap((event) => (event.kind === 'metrics' ? event.steps.map(({ step }) => step) : []));

test('a fork begins at a state that its parent kept, with what the parent recorded until there', async () => {
  const { store, run } = setUp();
  const first = await run(parent);
  const ancestors = [{ session: parent, step: 8, link: '' }];
  const fork = await run(child, { ancestors, parent: first.id });
  expect(past(fork.events)?.metrics.map(({ step }) => step)).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(told(fork.events)).toEqual([9, 10, 11, 12, 13, 14, 15, 16]);
  const kept = (await store.get(fork.id)).run!;
  expect(kept.ancestors).toEqual(ancestors);
  expect(kept.checkpoints).toEqual([8, 12, 16]);
  expect((await store.curves(fork.id)).metrics).toHaveLength(16);
  // Its parent is as it was.
  expect((await store.get(first.id)).run!.checkpoints).toEqual([4, 8, 12]);
  expect((await store.get(first.id)).run!.ancestors).toEqual([]);
});

test('without such a state, or of another parent, it repeats the steps', async () => {
  const { store, run } = setUp();
  const first = await run(parent);
  const other = await run(applySettings(parent, ['seed=9']));
  for (const [step, id] of [
    [4, first.id],
    [8, other.id],
  ] as const) {
    const fork = await run(child, { ancestors: [{ session: parent, step, link: '' }], parent: id });
    expect(past(fork.events)).toBeUndefined();
    expect(told(fork.events)).toHaveLength(16);
    expect((await store.get(fork.id)).run!.ancestors).toHaveLength(1);
  }
});

test('an exported fork comes back as one, and a session that is no fork of its ancestors is refused', async () => {
  const { store, run } = setUp();
  const ancestors = [{ session: parent, step: 8, link: 'f'.repeat(12) }];
  const { id } = await run(child, { ancestors });
  const back = await storeArchive(store, new Blob([await writeArchive(store, id)]));
  expect((await store.get(back)).run!.ancestors).toEqual(ancestors);
  expect((await store.state(back))!.step).toBe(16);
  const before = (await store.list()).length;
  await expect(run(applySettings(child, ['seed=9']), { ancestors })).rejects.toThrow(
    "session: seed is 9, expected the parent's 5, because all that is drawn comes from it",
  );
  expect(await store.list()).toHaveLength(before);
});
