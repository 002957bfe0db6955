import type { Session } from '../../config/session';
import type { Gpu } from '../../gpu/gpu';
import { InputError } from '../../lib/errors';
import type { TaskData } from '../../tasks/task-data';
import type { RunState } from '../../training/session-run';
import { ActiveRun, type OpenRun } from './active-run';
import { describeAdapter } from './adapter';
import type { BenchmarkModelState, RunApi, RunListener, RunOrigin, RunSummary } from './api';
import type { BenchmarkModel } from './benchmark/benchmark';
import type { KeptRun } from './runs/kept-run';
import type { RunStore } from './runs/run-store';
import { StoredView } from './stored-view';
import type { TaskFiles } from './task-data';
import { Turns } from './turns';
import { broadcast, replay, watch } from './viewer';

/** What the run on the page is made of. */
export interface RunParts {
  store: Promise<RunStore>;
  files: () => TaskFiles;
  openGpu: () => Promise<Gpu>;
  /** Frees the device for a run. */
  clear: () => Promise<void>;
}

/**
 * What the page looks at: a run that trains, or one that was kept. One at a time: whatever is started, opened or stopped has
 * its turn after what was asked before it, and ends that first.
 */
export class CurrentRun implements RunApi {
  /** Null where there is none. */
  shown: OpenRun | null = null;
  private unwatch: () => void = () => undefined;
  private listener: RunListener | null = null;
  private preparing = new AbortController();
  private readonly turns = new Turns();

  constructor(private readonly parts: RunParts) {}

  /** The run that trains here, or has; null where a kept one is looked at. */
  get training(): ActiveRun | null {
    return this.shown instanceof ActiveRun ? this.shown : null;
  }

  /** Whether a run trains that has not ended. */
  get isComputing(): boolean {
    // One that has ended has let go of its records.
    return (this.training?.records ?? null) !== null;
  }

  start(session: Session, listener: RunListener, origin: RunOrigin = {}): Promise<string | null> {
    return this.replace(listener, async (signal) => {
      const { parts } = this;
      listener({ kind: 'status', status: 'preparing' });
      let gpu: Gpu | null = null;
      let kept: KeptRun | null = null;
      try {
        const data = await parts.files().ready(session, signal, listener);
        gpu = await parts.openGpu();
        signal.throwIfAborted();
        kept = await (await parts.store).create(session, origin, describeAdapter(gpu));
        await this.persist(session, listener);
        signal.throwIfAborted();
        return this.train(gpu, kept, data, null, listener);
      } catch (error) {
        gpu?.destroy();
        if (signal.aborted) {
          // Nothing of it was computed: nothing of it is kept.
          kept?.close();
          if (kept) await (await parts.store).discard(kept.id);
          return null;
        }
        await kept?.change({ status: 'failed', reason: message(error) }).catch(() => undefined);
        kept?.close();
        listener({ kind: 'status', status: 'failed', reason: message(error) });
        throw error;
      }
    });
  }

  resume(run: string, listener: RunListener): Promise<void> {
    return this.replace(listener, async (signal) => {
      const store = await this.parts.store;
      const kept = await store.take(run, signal);
      if (!kept && signal.aborted) return;
      if (!kept) throw new InputError('This run goes on in another tab: close it there first');
      let gpu: Gpu | null = null;
      try {
        const state = await kept.restore();
        store.forget(run);
        const links = state?.fingerprint.steps ?? [];
        await replay(await store.get(run), kept.records, listener, links, kept.about.checkpoints);
        listener({ kind: 'status', status: 'preparing' });
        const data = await this.parts.files().ready(kept.about.session, signal, listener);
        gpu = await this.parts.openGpu();
        signal.throwIfAborted();
        this.train(gpu, kept, data, state, listener);
      } catch (error) {
        gpu?.destroy();
        kept.close();
        if (signal.aborted) {
          listener({ kind: 'status', status: 'interrupted' });
          return;
        }
        listener({ kind: 'status', status: 'interrupted', reason: message(error) });
        throw error;
      }
    });
  }

  open(run: string, listener: RunListener): Promise<{ elsewhere: boolean }> {
    return this.replace(listener, async (signal) => {
      const store = await this.parts.store;
      const stored = await store.get(run);
      if (!stored.run) throw new InputError(stored.reason ?? 'This run cannot be read');
      const { evaluation, fingerprint } = stored.run;
      this.shown = await this.viewOf(run, stored.run, signal, listener);
      const past = async () => replay(stored, await store.records(run), listener, await store.links(run));
      if (stored.state === 'held') {
        const ended = new AbortController();
        const close = await watch(run, listener, past);
        this.unwatch = () => {
          ended.abort();
          close();
        };
        void store.free(run, ended.signal).then(
          () => this.ownerIsGone(run, listener),
          () => undefined,
        );
        return { elsewhere: true };
      }
      await past();
      if (evaluation && fingerprint) listener({ kind: 'finished', evaluation, fingerprint });
      const status = stored.state === 'unreadable' ? 'failed' : stored.state;
      listener({ kind: 'status', status, ...(stored.reason === null ? {} : { reason: stored.reason }) });
      return { elsewhere: false };
    });
  }

  stop(): Promise<void> {
    return this.replace(null, () => Promise.resolve());
  }

  async pause(): Promise<void> {
    await this.training?.pause();
  }

  unpause(): Promise<void> {
    this.training?.resume();
    return Promise.resolve();
  }

  async step(): Promise<void> {
    await this.training?.stepOnce();
  }

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
    if (!stored.run) throw new InputError(stored.reason ?? 'This run cannot be read');
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
    const data = await this.parts.files().ready(session, signal, listener);
    const state = async () => (await this.parts.store).state(run);
    return new StoredView(run, session, data, checkpoints, this.parts.openGpu, state);
  }

  /**
   * Puts something else in the place of what is open: what is being prepared is told to end at once, and `next` has its turn
   * when that has ended, and the run that is open too.
   */
  private replace<T>(listener: RunListener | null, next: (signal: AbortSignal) => Promise<T>): Promise<T> {
    this.preparing.abort();
    const { signal } = (this.preparing = new AbortController());
    return this.turns.take(async () => {
      await this.parts.clear();
      await this.close();
      this.listener = listener;
      return next(signal);
    });
  }

  /** Ends what is open. Its last state is told too, so that whoever hears of it is let go last. */
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

  /** A run goes on without it; after a reload it needs its documents again. */
  private async persist(session: Session, listener: RunListener): Promise<void> {
    try {
      await this.parts.files().persist(session.task);
    } catch (error) {
      const text = `The documents of this run could not be kept (${message(error)}): after a reload choose them again.`;
      listener({ kind: 'room', full: false, text });
    }
  }

  private train(gpu: Gpu, kept: KeptRun, data: TaskData, state: RunState | null, listener: RunListener): string {
    const told = broadcast(kept.id, listener);
    let run: ActiveRun;
    try {
      run = new ActiveRun(gpu, kept, data, told.listener);
    } catch (error) {
      told.close();
      throw error;
    }
    this.unwatch = told.close;
    this.shown = run;
    void run.loop(state);
    return run.id;
  }

  /** The tab that ran it let go of it: ended it, or was closed. */
  private async ownerIsGone(run: string, listener: RunListener): Promise<void> {
    const { state } = await (await this.parts.store).get(run);
    if (state === 'interrupted')
      listener({ kind: 'status', status: 'interrupted', reason: 'the tab that ran it was closed' });
  }
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));
