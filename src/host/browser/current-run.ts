import type { Session } from '../../config/session';
import { type CodedError, errorData, errorOf, InputError, messageOf, plainFailure } from '../../lib/errors';
import { linkOf } from '../../session/fingerprint';
import type { SessionData } from '../../training/base';
import type { RunState } from '../../training/session-run';
import { withMoreParts } from '../../training/out-of-memory';
import { ActiveRun, type MakeRoom, type OpenRun } from './active-run';
import type { BenchmarkModelState, RunListener, RunOrigin, RunSummary, StoredRun } from './messages';
import type { BenchmarkModel } from './benchmark/benchmark-model';
import type { Engine, EngineDevice } from './engine';
import { checkTeacherIsHere } from './models/kept-teacher';
import { inherit } from './runs/inherit';
import type { KeptRun } from './runs/kept-run';
import type { RunStore } from './runs/run-store';
import { StoredView } from './stored-view';
import type { TaskFiles } from './task-data';
import { Turns } from './turns';
import { broadcast, replay, watch } from './viewer';

/** What the run on the page is made of. */
export interface RunParts {
  engine: Engine;
  store: Promise<RunStore>;
  files: () => TaskFiles;
  /** What a session is built from. @throws InputError where something of it is not in this browser. */
  dataOf: (session: Session, signal: AbortSignal, listener?: RunListener) => Promise<SessionData>;
  /** Frees the device for a run. */
  clear: () => Promise<void>;
}

/**
 * What the page looks at: a run that trains, or one that was kept. One at a time: whatever is started, continued, opened or
 * stopped has its turn after what was asked before it, and ends that first. Whatever way a turn ends, what it opened is
 * either shown or released: the device, the run's lock, its channel and its listener.
 */
export class CurrentRun {
  private shown: OpenRun | null = null;
  private unwatch: () => void = () => undefined;
  private listener: RunListener | null = null;
  private preparing = new AbortController();
  /** Runs that are being started or continued, or wait to be. */
  private beginning = 0;
  private readonly turns = new Turns();

  constructor(private readonly parts: RunParts) {}

  /** The run that trains here, or has; null where a kept one is looked at. */
  get training(): ActiveRun | null {
    return this.shown instanceof ActiveRun ? this.shown : null;
  }

  /** Whether a run has the device to itself, or is about to. */
  get isTaken(): boolean {
    return this.beginning > 0 || this.training?.isEnded === false;
  }

  /** Starts a run and returns its name once it has begun; null where it was stopped before. */
  start(session: Session, listener: RunListener, origin: RunOrigin = {}): Promise<string | null> {
    return this.begin(listener, async (signal) => {
      const { engine } = this.parts;
      const store = await this.parts.store;
      listener({ kind: 'status', status: 'preparing' });
      let device: EngineDevice | null = null;
      let kept: KeptRun | null = null;
      try {
        const data = await this.parts.dataOf(session, signal, listener);
        checkTeacherIsHere(session, data.teacher);
        signal.throwIfAborted();
        device = await engine.open();
        signal.throwIfAborted();
        kept = await store.create(session, origin, device.name);
        await this.persist(session, listener);
        signal.throwIfAborted();
        const state = origin.parent ? await inherit(store, kept, origin.parent) : null;
        if (state) {
          const links = state.fingerprint.steps;
          await replay(await store.get(kept.id), kept.records, listener, links, kept.about.checkpoints);
        }
        signal.throwIfAborted();
        return this.train(device, kept, data, state, listener);
      } catch (error) {
        device?.destroy();
        if (signal.aborted) {
          kept?.close();
          // Nothing of it was computed: nothing of it is kept.
          if (kept) await store.discard(kept.id);
          listener({ kind: 'status', status: 'stopped' });
          return null;
        }
        await kept?.change({ status: 'failed', error: errorData(error) }).catch(() => undefined);
        kept?.close();
        listener({ kind: 'status', status: 'failed', error: errorData(error) });
        throw error;
      }
    });
  }

  /** Continues a kept run from its last checkpoint, or from its start; tells what is recorded until there first. */
  resume(run: string, listener: RunListener): Promise<void> {
    return this.begin(listener, async (signal) => {
      const { engine } = this.parts;
      const store = await this.parts.store;
      let device: EngineDevice | null = null;
      let kept: KeptRun | null = null;
      try {
        signal.throwIfAborted();
        kept = await store.take(run, signal);
        signal.throwIfAborted();
        if (!kept) throw new InputError('This run goes on in another tab: close it there first');
        const state = await kept.restore();
        store.forget(run);
        const links = state?.fingerprint.steps ?? [];
        await replay(await store.get(run), kept.records, listener, links, kept.about.checkpoints);
        listener({ kind: 'status', status: 'preparing' });
        const data = await this.parts.dataOf(kept.about.session, signal, listener);
        checkTeacherIsHere(kept.about.session, data.teacher);
        signal.throwIfAborted();
        device = await engine.open();
        signal.throwIfAborted();
        this.train(device, kept, data, state, listener);
      } catch (error) {
        device?.destroy();
        kept?.close();
        listener({
          kind: 'status',
          status: 'interrupted',
          ...(signal.aborted ? {} : { error: errorData(error) }),
        });
        if (!signal.aborted) throw error;
      }
    });
  }

  /**
   * Shows a kept run: its records, and its model for searches. One that another tab runs is followed.
   * @returns whether another tab runs it.
   */
  open(run: string, listener: RunListener): Promise<{ elsewhere: boolean }> {
    return this.replace(listener, async (signal) => {
      const store = await this.parts.store;
      const stored = await store.get(run);
      if (!stored.run) throw unreadable(stored);
      try {
        const view = await this.viewOf(run, stored.run, signal, listener);
        signal.throwIfAborted();
        const past = async () => replay(stored, await store.records(run), listener, await store.links(run));
        if (stored.state === 'held') {
          await this.follow(run, listener, past);
          this.shown = view;
          return { elsewhere: true };
        }
        await past();
        this.shown = view;
      } catch (error) {
        if (!signal.aborted) throw error;
      }
      tellStored(stored, listener);
      return { elsewhere: false };
    });
  }

  stop(): Promise<void> {
    return this.replace(null, () => Promise.resolve());
  }

  /** Resolves once the step in progress is done and the run's state is kept. */
  async pause(): Promise<void> {
    await this.training?.pause();
  }

  unpause(): Promise<void> {
    this.training?.resume();
    return Promise.resolve();
  }

  /** Runs one step and pauses again. */
  async step(): Promise<void> {
    await this.training?.stepOnce();
  }

  /** Lays the picture of the graph out again, from the next refresh on; false where there is nothing to lay out. */
  refitPicture(run: string): Promise<boolean> {
    const { training } = this;
    return training?.id === run ? training.refitPicture() : Promise.resolve(false);
  }

  /** @throws where there is no run. */
  current(): OpenRun {
    if (!this.shown) throw new Error('No model yet: run a session first, then ask it.');
    return this.shown;
  }

  /** @throws where another run, or none, is on the page. */
  named(run: string): OpenRun {
    const shown = this.current();
    if (shown.id !== run) throw new Error(`there is no run ${run}`);
    return shown;
  }

  /** What a benchmark can rank with as it stands. */
  benchmarkable(): BenchmarkModelState | null {
    return this.training && { run: this.training.id, step: this.training.training.step };
  }

  /** The run on the page as it is; another one is opened beside it for as long as it is needed. */
  async modelOf(run: string): Promise<BenchmarkModel> {
    const { shown } = this;
    if (shown?.id === run) return shown.forBenchmark();
    const stored = await (await this.parts.store).get(run);
    if (!stored.run) throw unreadable(stored);
    const view = await this.viewOf(run, stored.run, new AbortController().signal);
    try {
      return { ...(await view.forBenchmark()), close: () => view.stop() };
    } catch (error) {
      await view.stop();
      throw error;
    }
  }

  /** A kept run, to be asked. Whoever asks for it stops it. */
  private async viewOf(
    run: string,
    { session, checkpoints }: RunSummary,
    signal: AbortSignal,
    listener?: RunListener,
  ): Promise<StoredView> {
    const data = await this.parts.dataOf(session, signal, listener);
    const state = async () => (await this.parts.store).state(run);
    return new StoredView(run, session, data, checkpoints, () => this.parts.engine.open(), state);
  }

  private async begin<T>(listener: RunListener, next: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.beginning += 1;
    try {
      return await this.replace(listener, next);
    } finally {
      this.beginning -= 1;
    }
  }

  /**
   * Puts something else in the place of what is open: what is being prepared is told to end at once, and `next` has its turn
   * when that has ended, and the run that is open too.
   */
  private replace<T>(listener: RunListener | null, next: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.preparing.abort();
    const { signal } = (this.preparing = new AbortController());
    return this.turns.take(async () => {
      try {
        await this.parts.clear();
        await this.close();
      } finally {
        this.listener = listener;
      }
      return next(signal);
    });
  }

  /** Ends what is open. Its last state is told too, so that whoever is told of it is released last. */
  private async close(): Promise<void> {
    const { shown, unwatch, listener } = this;
    this.shown = null;
    this.unwatch = () => undefined;
    this.listener = null;
    try {
      await shown?.stop();
    } finally {
      unwatch();
      listener?.close?.();
    }
  }

  /** A run continues without it; after a reload it needs its documents again. */
  private async persist(session: Session, listener: RunListener): Promise<void> {
    try {
      await this.parts.files().persist(session.task);
    } catch (error) {
      const text = `The documents of this run could not be kept (${messageOf(error)}): after a reload choose them again.`;
      listener({ kind: 'room', full: false, text });
    }
  }

  private train(
    device: EngineDevice,
    kept: KeptRun,
    data: SessionData,
    state: RunState | null,
    listener: RunListener,
  ): string {
    const told = broadcast(kept.id, listener);
    try {
      const run = new ActiveRun(device, kept, data, told.listener, this.roomFor(data));
      this.unwatch = told.close;
      this.shown = run;
      void run.loop(state);
      return run.id;
    } catch (error) {
      told.close();
      throw error;
    }
  }

  private roomFor(data: SessionData): MakeRoom {
    const { engine } = this.parts;
    const granted = async (bytes: number): Promise<number> => {
      const device = await engine.open();
      try {
        return await device.granted(bytes);
      } finally {
        device.destroy();
      }
    };
    const cost = async (session: Session) => (await engine.cost(session, data)).gpuBytes;
    return (run, state) => {
      const at = state && { step: state.step, link: linkOf(state) };
      return withMoreParts({ run, state: at, cost, granted });
    };
  }

  /** Receives what another tab tells of its run, until something else is open. */
  private async follow(run: string, listener: RunListener, past: () => Promise<number>): Promise<void> {
    const store = await this.parts.store;
    const ended = new AbortController();
    const leave = await watch(run, listener, past);
    this.unwatch = () => {
      ended.abort();
      leave();
    };
    const gone = (): void => {
      if (!ended.signal.aborted) void this.tellEnd(run, listener);
    };
    store.free(run, ended.signal).then(gone, () => undefined);
  }

  /** The tab that ran it released it: ended it, or was closed. */
  private async tellEnd(run: string, listener: RunListener): Promise<void> {
    const stored = await (await this.parts.store).get(run);
    if (stored.state === 'held') return;
    if (stored.state === 'interrupted') stored.error = plainFailure('the tab that ran it was closed');
    tellStored(stored, listener);
  }
}

const unreadable = ({ error }: StoredRun): CodedError =>
  error ? errorOf(error) : new InputError('This run cannot be read');

/** Tells how a run that nobody runs stands. */
function tellStored({ run, state, error }: StoredRun, listener: RunListener): void {
  const { evaluation = null, fingerprint = null } = run ?? {};
  const result = state === 'finished' && evaluation !== null && fingerprint !== null && { evaluation, fingerprint };
  const status = state === 'unreadable' ? 'failed' : state === 'held' ? 'interrupted' : state;
  listener({ kind: 'status', status, ...(error && { error }), ...(result && { result }) });
}
