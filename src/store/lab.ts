import { sameAncestors, type Ancestors } from '../config/ancestors';
import type { Session } from '../config/session';
import type {
  LabClient,
  RunEvent,
  RunListener,
  RunOrigin,
  RunSummary,
  SearchAnswer,
  SessionCost,
} from '../host/browser/api';
import { CancelledError, codeOf, errorData, messageOf, plainFailure } from '../lib/errors';
import { IDLE, latest, shownOf } from './asked';
import { useDevice } from './device';
import { InParts } from './in-parts';
import { Pace } from './pace';
import { usePage } from './page';
import { useRecords } from './records';
import { isElsewhere, isLive, nameOnPage, ranOf, useBusy, useCost, useRun, type Ran, type ShownRun } from './run';
import { turned, type Turn } from './run-turn';
import { useSearch } from './search';
import { useSelection } from './selection';
import type { OpenedLink } from './shared-session';
import { changesFrom, useSession } from './session';
import { streams } from './streams';
import { useToasts } from './toasts';
import type { ReadingPart } from '../view/sentence';

const COST_DELAY_MS = 200;
/** The most milliseconds between two losses of the worker or the device that count as in a row. */
const IN_A_ROW_MS = 600_000;
/** Number of losses in a row after which a run still continues by itself; after the next the user is asked. */
const MOST_RECOVERIES = 2;
const SEARCH_TOP_K = 10;
const EXAMPLES = 8;

/** The page's access to the worker. One worker lives at a time; a dead one is replaced by the next call. */
class Lab {
  pace: Pace | null = null;
  private connect: (() => LabClient) | null = null;
  private client: LabClient | null = null;
  private readonly costs = latest<SessionCost>(useCost.getState, (cost) => useCost.setState(cost, true));
  private readonly searches = latest<SearchAnswer>(
    () => useSearch.getState().asked,
    (asked) => useSearch.setState({ asked }),
  );
  /** A number that grows with every start; events of an earlier run are ignored. */
  private generation = 0;
  /** The step or completion that the run's link points at, until the run has it. */
  private wanted: OpenedLink['selection'] | null = null;
  /** The checkpoint from which the run last continued by itself; below 0 before. */
  private recoveredAt = -1;
  /** The times at which the run continued by itself, the newest last. */
  private recoveries: number[] = [];
  private readonly inParts = new InParts();

  /** Sets how a worker is started. Called once by the page. @param hasWebGpu whether the page itself finds WebGPU. */
  connectTo(connect: () => LabClient, hasWebGpu: boolean): void {
    this.connect = connect;
    useSession.subscribe((state, before) => {
      if (state.session !== before.session) this.askCost();
    });
    this.askCost();
    if (hasWebGpu) void this.askAdapter();
    else useDevice.setState({ kind: 'missing', reason: 'navigator.gpu is not there' });
  }

  async askAdapter(): Promise<void> {
    useDevice.setState({ kind: 'asking' });
    try {
      useDevice.setState({ kind: 'ready', report: await this.worker().device.adapter() });
    } catch (error) {
      const missing = codeOf(error) === 'no-webgpu';
      useDevice.setState({ kind: missing ? 'missing' : 'failed', reason: messageOf(error) });
    }
  }

  /**
   * Starts a run.
   * @param ancestors of a fork.
   * @param origin the group of runs that were started together, and a fork's kept parent.
   */
  async run(
    session: Session,
    ancestors: Ancestors = [],
    origin: Pick<RunOrigin, 'group' | 'groupSize' | 'parent'> = {},
  ): Promise<void> {
    const { arrived } = usePage.getState();
    const isLinks =
      arrived !== null &&
      changesFrom(arrived.session, session).length === 0 &&
      sameAncestors(arrived.ancestors ?? [], ancestors);
    const claim = (isLinks && arrived.claim) || null;
    const generation = this.prepare({ session, ancestors, claim });
    this.wanted = (isLinks && arrived.selection) || null;
    this.recoveredAt = -1;
    this.recoveries = [];
    this.inParts.begin();
    await this.busyWith(generation, 'failed', async () => {
      const name = await this.worker().run.start(session, this.listener(generation), {
        claim,
        ancestors,
        ...origin,
      });
      if (generation !== this.generation) return;
      if (name !== null) {
        this.change({ name });
        if (useRun.getState().status === 'interrupted') this.continueInParts();
        return;
      }
      // It never began. Its last event comes by another port than this answer, and may come after it: it counts no more.
      this.generation++;
      useRun.setState({ status: 'ready' }, true);
      useBusy.setState({ busy: false });
    });
  }

  /** Continues a kept run from its last checkpoint. The page shows the run as before until then. */
  async resume(
    id: string,
    { session, ancestors, spentMs, claim }: Pick<RunSummary, 'session' | 'ancestors' | 'spentMs' | 'claim'>,
  ): Promise<void> {
    const generation = this.prepare({ name: id, session, ancestors, spentMs, claim });
    await this.busyWith(generation, 'interrupted', () => this.worker().run.resume(id, this.listener(generation)));
  }

  /** Shows a kept run. */
  async open(
    id: string,
    run: Pick<RunSummary, 'session' | 'ancestors' | 'spentMs' | 'plan' | 'claim' | 'numerics'>,
  ): Promise<void> {
    const { session, ancestors, spentMs, plan, claim, numerics } = run;
    const generation = this.prepare({ name: id, session, ancestors, spentMs, plan, claim, numerics });
    await this.busyWith(generation, 'failed', async () => {
      const { elsewhere } = await this.worker().run.open(id, this.listener(generation));
      if (generation !== this.generation) return;
      const run = useRun.getState();
      if ('elsewhere' in run) useRun.setState({ ...run, elsewhere }, true);
      void this.askExamples();
    });
  }

  /** Waits for a run to be on the page; where that fails, and no other took its place, its status is `failing`. */
  private async busyWith(generation: number, failing: 'failed' | 'interrupted', work: () => Promise<void>) {
    try {
      await work();
    } catch (error) {
      if (generation === this.generation) this.turn({ status: failing, error: errorData(error) });
    } finally {
      if (generation === this.generation) useBusy.setState({ busy: false });
    }
  }

  /** Makes any other call to the worker. */
  ask<T>(question: (client: LabClient) => Promise<T>): Promise<T> {
    return question(this.worker());
  }

  pause = (): Promise<void> => this.command((client) => client.run.pause());
  unpause = (): Promise<void> => this.command((client) => client.run.unpause());
  step = (): Promise<void> => this.command((client) => client.run.step());
  stop = (): Promise<void> => this.command((client) => client.run.stop());

  async search(query: string): Promise<void> {
    useSearch.setState({ query });
    await this.searches.ask(() => this.worker().model.search(query, SEARCH_TOP_K));
  }

  async openDocument(index: number): Promise<void> {
    try {
      useSelection.getState().selectDocument(await this.worker().model.document(index));
    } catch (error) {
      useToasts.getState().say(`The document could not be read: ${messageOf(error)}.`);
    }
  }

  /** Removes a run that has ended from the page; what is kept of it stays. */
  clear(): void {
    if (isLive(useRun.getState().status)) return;
    this.turnTo({ status: 'ready' });
    useBusy.setState({ busy: false });
  }

  /** Sets the session that the user started, where the run on the page has another one: a seed of several. */
  askedFor(session: Session): void {
    this.change({ askedFor: session });
  }

  /** Shows a new run on the page and prepares the worker for it. */
  private prepare(run: Pick<Ran, 'session' | 'ancestors' | 'claim'> & Partial<Ran>): number {
    const { numerics } = run.session.model;
    const begins = { name: null, askedFor: run.session, plan: null, numerics, spentMs: 0, noRoom: null };
    const generation = this.turnTo({ status: 'preparing', reading: null, elsewhere: false, ...begins, ...run });
    useBusy.setState({ busy: true });
    return generation;
  }

  /** Puts another run on the page, and removes everything of the last one. */
  private turnTo(run: ShownRun): number {
    const name = nameOnPage(run);
    if (name === null || name !== nameOnPage()) {
      streams.clear();
      useRecords.getState().clear();
      useSelection.getState().clear();
    }
    this.searches.drop();
    useSearch.setState({ query: '', examples: [], asked: IDLE });
    this.pace = null;
    this.wanted = null;
    this.inParts.drop();
    useRun.setState(run, true);
    return ++this.generation;
  }

  private listener(generation: number): RunListener {
    return (event) => {
      if (generation === this.generation) this.take(event);
    };
  }

  /**
   * Continues a run whose worker or device was lost, unless it has got no further since the last time, or was lost
   * three times in a row: then the user is asked.
   */
  private recover(reason: string): void {
    const run = ranOf(useRun.getState());
    const step = streams.checkpoints.at(-1) ?? 0;
    if (run === null || run.name === null || step <= this.recoveredAt) return;
    const now = performance.now();
    this.recoveries = this.recoveries.filter((at) => now - at < IN_A_ROW_MS);
    if (this.recoveries.length === MOST_RECOVERIES) return;
    this.recoveries.push(now);
    this.recoveredAt = step;
    const from = step > 0 ? `its checkpoint at step ${step}` : 'its start';
    useToasts.getState().say(`The run was interrupted: ${reason.replace(/\.$/, '')}. It goes on from ${from}.`);
    void this.resume(run.name, run);
  }

  /** Continues a run whose device had no memory for it, in more micro-batches. @returns false where it does not. */
  private continueInParts(): boolean {
    const run = ranOf(useRun.getState());
    if (!run?.name || !this.inParts.next(streams.checkpoints.at(-1) ?? 0)) return false;
    void this.resume(run.name, run);
    return true;
  }

  /** Calls the worker for the run on the page. @throws where there is none, or the worker fails. */
  askRun<Answer>(question: (client: LabClient, run: string) => Promise<Answer>): Promise<Answer> {
    const name = nameOnPage();
    if (name === null) return Promise.reject(new Error('there is no run yet'));
    return question(this.worker(), name);
  }

  private worker(): LabClient {
    if (this.client) return this.client;
    if (!this.connect) throw new Error('the lab is not open');
    const client = this.connect();
    this.client = client;
    void client.death.then((reason) => {
      if (this.client !== client) return;
      this.client = null;
      const before = useRun.getState();
      if (!isLive(before.status)) return;
      this.turn({ status: 'interrupted', error: { ...plainFailure(reason), code: 'worker-died' } });
      if (!isElsewhere(before) && before.status !== 'paused') this.recover(reason);
    });
    return client;
  }

  private async command(give: (client: LabClient) => Promise<void>): Promise<void> {
    useBusy.setState({ busy: true });
    try {
      await give(this.worker());
    } catch (error) {
      // A worker that died has said so by its status already.
      if (isLive(useRun.getState().status)) useToasts.getState().say(`That did not work: ${messageOf(error)}.`);
    } finally {
      useBusy.setState({ busy: false });
    }
  }

  /** Changes what is known of the run on the page, in any status. */
  private change(changes: Partial<Ran>): void {
    const run = useRun.getState();
    if (run.status !== 'ready') useRun.setState({ ...run, ...changes }, true);
  }

  private read(reading: ReadingPart | null): void {
    const run = useRun.getState();
    if (run.status === 'preparing') useRun.setState({ ...run, reading }, true);
  }

  private take(event: RunEvent): void {
    switch (event.kind) {
      case 'learning':
        this.read({ kind: 'vocabulary', ...event.progress });
        break;
      case 'loading':
        this.read({ kind: event.what, done: event.done, of: event.of });
        break;
      case 'started':
        this.pace = new Pace(event.plan, shownOf(useCost.getState())?.tokensPerStep);
        this.change({ plan: event.plan });
        this.read(null);
        void this.askExamples();
        break;
      case 'metrics':
        streams.append(event.steps, event.links);
        this.pace?.note(event.steps, performance.now());
        this.showWanted();
        break;
      case 'evaluation':
        streams.addEvaluation(event.point);
        break;
      case 'checkpoint':
        streams.addCheckpoint(event.step);
        break;
      case 'recorded':
        useRecords.getState().add(event.what, event.step);
        this.showWanted();
        break;
      case 'past':
        streams.replace(event.metrics, event.evaluations, event.checkpoints, event.links);
        useRecords.getState().replace(event.recorded);
        if (event.plan) this.change({ plan: event.plan });
        break;
      case 'room':
        this.change({ noRoom: event.full ? event.text : null });
        if (!event.full) useToasts.getState().say(event.text);
        break;
      case 'parts':
        this.change(this.inParts.become(useRun.getState(), event));
        break;
      case 'status':
        this.takeStatus(event);
        break;
    }
  }

  /** Shows what the link points at, once the run has it, unless the user has chosen another step meanwhile. */
  private showWanted(): void {
    const { step, query, completion = null } = this.wanted ?? {};
    if (step === undefined || streams.lastStep() < step) return;
    const { traces, dev } = useRecords.getState();
    if (query !== undefined && !traces.has(step) && !dev.has(step)) return;
    this.wanted = null;
    const selection = useSelection.getState();
    if (selection.step !== null) return;
    if (query === undefined) selection.holdStep(step);
    else {
      selection.selectTrace({ step, query, kind: null, completion });
      usePage.getState().show({ view: 'traces' });
    }
    const follow = { label: 'Follow the run', run: selection.follow };
    useToasts.getState().say(`This is step ${step}, which the link points at.`, follow);
  }

  private takeStatus({ status, error, result, spentMs }: Extract<RunEvent, { kind: 'status' }>): void {
    const before = useRun.getState();
    const why = error ?? null;
    if (status === 'failed') this.turn({ status, error: why ?? plainFailure('no reason was given') }, spentMs);
    else if (status === 'interrupted') this.turn({ status, error: why }, spentMs);
    else if (status === 'finished') this.turn({ status, result: result ?? null }, spentMs);
    else this.turn({ status }, spentMs);
    if (status !== 'interrupted' || isElsewhere(before) || this.continueInParts()) return;
    if (before.status === 'running') {
      this.recover(error?.message ?? 'for no known reason');
    }
  }

  private turn(turn: Turn, spent?: number): void {
    const before = useRun.getState();
    if (before.status === 'ready') return;
    if (turn.status !== 'running') this.pace?.rest();
    useRun.setState(turned(before, turn, performance.now(), spent), true);
  }

  async askExamples(): Promise<void> {
    try {
      useSearch.setState({ examples: await this.worker().model.examples(EXAMPLES) });
    } catch {
      // No examples: the field stands alone.
    }
  }

  /** Requests the cost of the session in the panel. */
  askCost(): void {
    void this.costs.ask(async ({ isLatest }) => {
      await new Promise((resolve) => setTimeout(resolve, COST_DELAY_MS));
      // While the user types, every letter would send a request.
      if (!isLatest()) throw new CancelledError('overtaken');
      return this.worker().device.cost(useSession.getState().session);
    });
  }
}

export const lab = new Lab();
