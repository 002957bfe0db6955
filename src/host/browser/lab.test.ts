import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { parseSession } from '../../config/parse-session';
import { secondsSession } from '../../config/seconds.test-data';
import type { ErrorData } from '../../lib/errors';
import { Random } from '../../lib/philox';
import type { RunEvent, RunListener, RunStatus } from './messages';
import { FakeEngine, FAULTS, type Fault } from './fake-engine.test-data';
import { Lab } from './lab';
import { OwnLocks } from './runs/locks';
import { MemoryFolder } from './runs/memory-files';
import { ModelStore } from './models/model-store';
import { RunStore } from './runs/run-store';
import { TuningStore } from './tuning-store';

/** The statuses of a run that has ended. */
const ENDED: readonly RunStatus[] = ['finished', 'stopped', 'failed', 'interrupted'];

const sessionOf = (steps: number, every = 4) =>
  parseSession(secondsSession({ pretrain: { steps: 0 }, sft: { steps }, grpo: { steps: 0 }, checkpoint: { every } }));
const session = sessionOf(12);
/** A session that is still running when it is stopped. */
const long = sessionOf(5000);

let channels = 0;
class CountedChannel extends BroadcastChannel {
  private isOpen = true;
  constructor(name: string) {
    super(name);
    channels += 1;
  }
  override close(): void {
    if (this.isOpen) channels -= 1;
    this.isOpen = false;
    super.close();
  }
}

beforeEach(() => {
  channels = 0;
  vi.stubGlobal('BroadcastChannel', CountedChannel);
});
afterEach(() => vi.unstubAllGlobals());

/** A listener that keeps its events; it may receive none after it was closed. */
class Heard {
  readonly events: RunEvent[] = [];
  isClosed = false;
  toldLate = 0;
  readonly listener: RunListener = Object.assign(
    (event: RunEvent): void => {
      if (this.isClosed) this.toldLate += 1;
      this.events.push(event);
    },
    { close: () => (this.isClosed = true) },
  );

  get statuses(): RunStatus[] {
    return this.events.flatMap((event) => (event.kind === 'status' ? [event.status] : []));
  }

  get error(): ErrorData | undefined {
    const last = this.events.findLast((event) => event.kind === 'status');
    return last?.kind === 'status' ? last.error : undefined;
  }

  until(status: RunStatus): Promise<void> {
    return vi.waitFor(() => expect(this.statuses.at(-1)).toBe(status), { timeout: 5000, interval: 2 });
  }

  first(kind: RunEvent['kind']): Promise<void> {
    return vi.waitFor(() => expect(this.events.map((event) => event.kind)).toContain(kind), { interval: 2 });
  }
}

function setUp(engine: FakeEngine) {
  const locks = new OwnLocks();
  const store = new RunStore(new MemoryFolder(), locks);
  const lab = new Lab({
    engine,
    store: Promise.resolve(store),
    models: ModelStore.open(),
    tunings: TuningStore.open(),
    page: 'http://localhost/',
  });
  /** Counts what is still open: nothing, once everything is stopped. */
  const left = async () => ({ devices: engine.live, locks: (await locks.held()).size, channels });
  return { lab, store, left };
}
const NOTHING = { devices: 0, locks: 0, channels: 0 };

const soon = () => new Promise<void>((resolve) => setTimeout(resolve, 1));
/** Fails at a place as often as it is listed. */
const failing =
  (...places: Fault[]) =>
  (where: Fault): boolean => {
    const at = places.indexOf(where);
    if (at >= 0) places.splice(at, 1);
    return at >= 0;
  };

describe('every way out of a run closes what it opened', () => {
  test('stopped: its last step is kept and told before its channel closes', async () => {
    const { lab, store, left } = setUp(new FakeEngine(soon));
    const heard = new Heard();
    const run = await lab.run.start(long, heard.listener);
    await heard.first('metrics');
    expect(await left()).toEqual({ devices: 1, locks: 1, channels: 1 });
    await lab.run.stop();
    expect(heard.statuses).toEqual(['preparing', 'running', 'stopped']);
    expect(heard.events.at(-2)?.kind).toBe('checkpoint');
    expect([heard.isClosed, heard.toldLate]).toEqual([true, 0]);
    expect(await left()).toEqual(NOTHING);
    expect((await store.get(run!)).state).toBe('stopped');
    expect((await store.state(run!))!.step).toBeGreaterThan(0);
  });

  test('stopped while it is prepared: nothing of it is kept', async () => {
    const { lab, store, left } = setUp(new FakeEngine(soon));
    const heard = new Heard();
    const starting = lab.run.start(session, heard.listener);
    await lab.run.stop();
    expect(await starting).toBeNull();
    expect(heard.statuses).not.toContain('running');
    expect(await left()).toEqual(NOTHING);
    expect(await store.list()).toEqual([]);
  });

  test('finished: what it kept is free, its model can be asked until something else is opened', async () => {
    const { lab, store, left } = setUp(new FakeEngine());
    const heard = new Heard();
    const run = await lab.run.start(session, heard.listener);
    await heard.until('finished');
    expect(await left()).toEqual({ devices: 1, locks: 0, channels: 1 });
    expect((await store.get(run!)).run).toMatchObject({ fingerprint: 'f'.repeat(64), checkpoints: [4, 8, 12] });
    expect(lab.run.isTaken).toBe(false);
    await lab.run.stop();
    expect(heard.statuses.at(-1)).toBe('finished');
    expect(await left()).toEqual(NOTHING);
  });

  test.each([
    ['open', 'failed', 0],
    ['train', 'failed', 1],
    ['advance', 'failed', 1],
    ['evaluation', 'failed', 1],
    ['lost', 'interrupted', 1],
  ] as const)('%s fails: the run is %s, with the reason', async (place, status, kept) => {
    const { lab, store, left } = setUp(new FakeEngine(soon, failing(place)));
    const heard = new Heard();
    const started = lab.run.start(session, heard.listener);
    await Promise.allSettled([started]);
    await heard.until(status);
    expect(heard.error?.message).toMatch(place === 'lost' ? /^The GPU device was lost: the queue/ : `${place} failed`);
    expect(await left()).toEqual({ ...NOTHING, channels: place === 'open' || place === 'train' ? 0 : 1 });
    expect((await store.list()).map(({ state }) => state)).toEqual(Array(kept).fill(status));
    // The next one runs as if nothing had been.
    const next = new Heard();
    await lab.run.start(session, next.listener);
    await next.until('finished');
    await lab.run.stop();
    expect(await left()).toEqual(NOTHING);
  });

  test('a run whose device has no room for its step becomes one in more micro-batches, and goes on as that', async () => {
    let faults = 0;
    const engine = new FakeEngine(soon, (where) => where === 'advance' && ++faults === 3);
    const cost = { parameters: 1, steps: 12, taskHash: '', tokensPerStep: {} };
    vi.spyOn(engine, 'cost').mockImplementation(({ model }) =>
      Promise.resolve({ ...cost, gpuBytes: 1e6 / model.micro_batches }),
    );
    const { lab, store, left } = setUp(engine);
    const [heard, again] = [new Heard(), new Heard()];
    const run = await lab.run.start(session, heard.listener);
    await heard.until('interrupted');
    expect(heard.error).toMatchObject({ code: 'out-of-memory' });
    const event = heard.events.find(({ kind }) => kind === 'parts');
    if (event?.kind !== 'parts') throw new Error('it was not told');
    const step = event.ancestors[0]?.step ?? 0;
    expect(event.session.model.micro_batches).toBe(2);
    expect(event.ancestors).toEqual([
      { session, step: expect.any(Number) as number, link: String(step).padStart(12, '0') },
    ]);
    expect(event.text).toContain(`it goes on from step ${step} in 2 micro-batches`);
    const stored = await store.get(run!);
    expect(stored).toMatchObject({ state: 'interrupted', error: null });
    expect(stored.run).toMatchObject({ session: event.session, ancestors: event.ancestors });

    await lab.run.resume(run!, again.listener);
    await again.until('finished');
    await lab.run.stop();
    expect(await left()).toEqual(NOTHING);
  });

  test('a run that failed, opened again, tells the same failure', async () => {
    const { lab, store } = setUp(new FakeEngine(soon, failing('advance')));
    const [first, again] = [new Heard(), new Heard()];
    const run = await lab.run.start(session, first.listener);
    await first.until('failed');
    expect(first.error).toMatchObject({ code: 'out-of-memory', message: 'advance failed' });
    await lab.run.open(run!, again.listener);
    await again.until('failed');
    expect(again.error).toEqual(first.error);
    expect((await store.get(run!)).error).toEqual(first.error);
  });

  test('a run whose last state cannot be read from the device is stopped all the same', async () => {
    const { lab, store, left } = setUp(new FakeEngine(soon, failing('checkpoint')));
    const heard = new Heard();
    // No state is kept on the way: at whatever step it is stopped, one is still to be kept.
    const run = await lab.run.start(sessionOf(5000, 0), heard.listener);
    await heard.first('metrics');
    await lab.run.stop();
    expect(heard.statuses.at(-1)).toBe('stopped');
    expect(heard.error?.message).toBe('checkpoint failed');
    expect((await store.get(run!)).state).toBe('stopped');
    expect(await left()).toEqual(NOTHING);
  });

  test('continued where its model cannot be restored: interrupted, and free to be tried again', async () => {
    const { lab, store, left } = setUp(new FakeEngine(soon, failing('restore')));
    const heard = new Heard();
    const run = await lab.run.start(long, heard.listener);
    await heard.first('checkpoint');
    await lab.run.stop();
    const again = new Heard();
    await lab.run.resume(run!, again.listener);
    await again.until('failed');
    expect(await left()).toMatchObject({ devices: 0, locks: 0 });
    const third = new Heard();
    await lab.run.resume(run!, third.listener);
    await third.until('running');
    await lab.run.stop();
    expect((await store.get(run!)).state).toBe('stopped');
    expect(await left()).toEqual(NOTHING);
  });

  test('a kept run whose model cannot be restored to be asked leaves no device', async () => {
    const { lab, left } = setUp(new FakeEngine(soon, failing('restore')));
    const first = new Heard();
    const run = await lab.run.start(long, first.listener);
    await first.first('checkpoint');
    const heard = new Heard();
    expect(await lab.run.open(run!, heard.listener)).toEqual({ elsewhere: false });
    expect(heard.statuses).toEqual(['stopped']);
    await expect(lab.model.search('who?', 3)).rejects.toThrow('restore failed');
    expect(await left()).toEqual(NOTHING);
    await expect(lab.model.search('who?', 3)).rejects.toThrow('a fake finds nothing');
    expect((await left()).devices).toBe(1);
    await lab.run.stop();
    expect(await left()).toEqual(NOTHING);
  });
});

test('a session is not measured beside a run, nor while one is prepared, and a run ends a measurement', async () => {
  const { lab, left } = setUp(new FakeEngine(soon));
  const measuring = lab.device.measure(session);
  const heard = new Heard();
  const starting = lab.run.start(long, heard.listener);
  await expect(lab.device.measure(session)).rejects.toThrow('a run is open on this device');
  expect(await measuring).toBeNull();
  await starting;
  await expect(lab.device.measure(session)).rejects.toThrow('a run is open on this device');
  await lab.run.stop();
  expect(await lab.device.measure(session)).toEqual({ stages: [], evaluation: 0 });
  expect(await left()).toEqual(NOTHING);
});

/** Whatever is asked, in whatever order, at whatever moment, and wherever the engine fails. */
test.each(Array.from({ length: 60 }, (_, seed) => seed))(
  'nothing is left of a random use of the lab (%i)',
  async (seed) => {
    const random = new Random(seed, 'task');
    const pick = <T>(items: readonly T[]): T => items[Math.floor(random.uniform() * items.length)]!;
    const pause = (): Promise<void> =>
      random.uniform() < 0.5 ? Promise.resolve() : new Promise((resolve) => setTimeout(resolve, 2 * random.uniform()));
    const faulty = pick([[], [], [pick(FAULTS)], FAULTS] as const);
    const engine = new FakeEngine(pause, (where) => faulty.some((one) => one === where) && random.uniform() < 0.15);
    const { lab, store, left } = setUp(engine);
    const heard: Heard[] = [];
    const listen = (): RunListener => {
      heard.push(new Heard());
      return heard.at(-1)!.listener;
    };
    const known = async () => (await store.list()).map(({ id }) => id);
    const uses: (() => Promise<unknown>)[] = [
      () => lab.run.start(session, listen()),
      () => lab.run.start(session, listen()),
      async () => lab.run.open(pick([...(await known()), 'nobody']), listen()),
      async () => lab.run.resume(pick([...(await known()), 'nobody']), listen()),
      () => lab.run.stop(),
      () => lab.run.pause(),
      () => lab.run.unpause(),
      () => lab.run.step(),
      () => lab.device.measure(session),
      () => lab.device.cancelMeasure(),
      async () => lab.model.search('who?', 1),
      async () => lab.runs.remove(pick([...(await known()), 'nobody'])),
    ];
    const asked: Promise<unknown>[] = [];
    for (let use = 0; use < 25; use++) {
      asked.push(pick(uses)().catch(() => undefined));
      if (random.uniform() < 0.6) await new Promise((resolve) => setTimeout(resolve, 12 * random.uniform()));
    }
    asked.push(lab.run.stop());
    await Promise.all(asked);
    await lab.run.stop();

    expect(await left()).toEqual(NOTHING);
    expect(engine.mostModels).toBeLessThanOrEqual(1);
    for (const one of heard) {
      expect(one.toldLate).toBe(0);
      expect(one.isClosed).toBe(true);
      if (one.events.length > 0) expect(ENDED).toContain(one.statuses.at(-1));
      const ends = one.statuses.filter((status) => ENDED.includes(status));
      expect(ends.length).toBeLessThanOrEqual(1);
    }
    for (const { state } of await store.list()) expect(ENDED).toContain(state);
  },
);
