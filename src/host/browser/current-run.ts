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

/** What `CurrentRun` is built with: the engine and the stores of runs and files. */
export interface RunParts {
  engine: Engine;
  store: Promise<RunStore>;
  files: () => TaskFiles;
  /** Collects the data that a session is built from. @throws InputError where some of it is not in this browser. */
  dataOf: (session: Session, signal: AbortSignal, listener?: RunListener) => Promise<SessionData>;
  /** Releases the device, so that a run can have it. */
  clear: () => Promise<void>;
}

/**
 * The run on the page: one that trains, or a kept one. There is one at a time: starting, continuing, opening and
 * stopping take turns, and each first ends what was there. However a turn ends, what it opened is either shown or
 * released: the device, the run's lock, its channel and its listener.
 */
export class CurrentRun {
  private shown: OpenRun | null = null;
  private unwatch: () => void = () => undefined;
  private listener: RunListener | null = null;
  private preparing = new AbortController();
  /** Number of runs that are being started or continued, or wait for that. */
  private beginning = 0;
  private readonly turns = new Turns();

  constructor(private readonly parts: RunParts) {}

  /** The run that trains in this worker, or that has finished there; null where a kept one is shown. */
  get training(): ActiveRun | null {
    return this.shown instanceof ActiveRun ? this.shown : null;
  }

  /** Whether a run uses the device, or is about to. */
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

  /**
   * Continues a kept run from its last checkpoint, or from its start; the listener first receives what was recorded
   * until there.
   */
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
   * Shows a kept run: its records, and its model for searches. A run in another tab is followed.
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
      emitStatus(stored, listener);
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

  /** Fits the picture of the graph again, from the next refresh on; false where there is no picture. */
  refitPicture(run: string): Promise<boolean> {
    const { training } = this;
    return training?.id === run ? training.refitPicture() : Promise.resolve(false);
  }

  /** The run on the page. @throws where there is none. */
  current(): OpenRun {
    if (!this.shown) throw new Error('No model yet: run a session first, then ask it.');
    return this.shown;
  }

  /** The run on the page, by its name. @throws where another run, or none, is on the page. */
  named(run: string): OpenRun {
    const shown = this.current();
    if (shown.id !== run) throw new Error(`there is no run ${run}`);
    return shown;
  }

  /** The model of the run on the page that a benchmark can rank with. */
  benchmarkable(): BenchmarkModelState | null {
    return this.training && { run: this.training.id, step: this.training.training.step };
  }

  /**
   * The model of a run: that on the page as it is, or a kept one, which is opened beside it for as long as it is
   * needed.
   */
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

  /** Opens a kept run for searches; the caller stops it. */
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

  /** Replaces what is open: aborts what is being prepared and, once that and the open run have ended, runs `next`. */
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

  /** Ends what is open. Its last state still reaches the listener, which is closed last. */
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

  /**
   * Keeps the documents of a run in this browser; where that fails the run continues, and needs its documents again
   * after a reload.
   */
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

  /** Receives the events of a run in another tab, until something else is open. */
  private async follow(run: string, listener: RunListener, past: () => Promise<number>): Promise<void> {
    const store = await this.parts.store;
    const ended = new AbortController();
    const leave = await watch(run, listener, past);
    this.unwatch = () => {
      ended.abort();
      leave();
    };
    const gone = (): void => {
      if (!ended.signal.aborted) void this.emitEnd(run, listener);
    };
    store.free(run, ended.signal).then(gone, () => undefined);
  }

  /** Passes on how a run ended that another tab has released: it ended the run, or was closed. */
  private async emitEnd(run: string, listener: RunListener): Promise<void> {
    const stored = await (await this.parts.store).get(run);
    if (stored.state === 'held') return;
    if (stored.state === 'interrupted') stored.error = plainFailure('the tab that ran it was closed');
    emitStatus(stored, listener);
  }
}

const unreadable = ({ error }: StoredRun): CodedError =>
  error ? errorOf(error) : new InputError('This run cannot be read');

/** Passes on the status of a run that no tab runs. */
function emitStatus({ run, state, error }: StoredRun, listener: RunListener): void {
  const { evaluation = null, fingerprint = null } = run ?? {};
  const result = state === 'finished' && evaluation !== null && fingerprint !== null && { evaluation, fingerprint };
  const status = state === 'unreadable' ? 'failed' : state === 'held' ? 'interrupted' : state;
  listener({ kind: 'status', status, ...(error && { error }), ...(result && { result }) });
}
