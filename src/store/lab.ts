import type { Session } from '../config/session';
import type { LabClient, RunEvent, RunStatus } from '../host/browser/api';
import { useDevice } from './device';
import { Pace } from './pace';
import { usePage } from './page';
import { useRecords } from './records';
import { idleRun, isLive, useCost, useRun } from './run';
import { emptySearch, useSearch } from './search';
import { useSelection } from './selection';
import { changesFrom, useSession } from './session';
import { streams } from './streams';
import { useToasts } from './toasts';

const COST_DELAY_MS = 200;
const SEARCH_TOP_K = 10;
const EXAMPLES = 8;

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** Everything the page asks of the worker. One worker lives at a time; a dead one is replaced by the next call. */
class Lab {
  pace: Pace | null = null;
  private connect: (() => LabClient) | null = null;
  private client: LabClient | null = null;
  private costTimer: ReturnType<typeof setTimeout> | undefined;
  private costAsked = 0;
  private searchAsked = 0;
  /** Rises with every start: events of an earlier run are nobody's. */
  private generation = 0;
  /** The step that the run's link points at, until it is reached. */
  private wantedStep: number | null = null;

  /** Called once by the page. `hasWebGpu` is what the page itself sees. */
  open(connect: () => LabClient, hasWebGpu: boolean): void {
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
      useDevice.setState({ kind: 'ready', report: await this.worker().adapter() });
    } catch (error) {
      const missing = error instanceof Error && error.name === 'GpuUnavailableError';
      useDevice.setState({ kind: missing ? 'missing' : 'failed', reason: messageOf(error) });
    }
  }

  async run(session: Session): Promise<void> {
    const generation = ++this.generation;
    streams.clear();
    useRecords.getState().clear();
    useSelection.getState().clear();
    useSearch.setState({ ...emptySearch });
    this.pace = null;
    const { arrived } = usePage.getState();
    const isLinks = arrived !== null && changesFrom(arrived.session, session).length === 0;
    this.wantedStep = (isLinks && arrived.selection?.step) || null;
    useRun.setState({ ...idleRun, status: 'preparing', session, busy: true });
    try {
      const name = await this.worker().start(session, (event) => {
        if (generation === this.generation) this.take(event);
      });
      if (generation === this.generation) useRun.setState({ name });
    } catch (error) {
      if (generation === this.generation) this.turn('failed', messageOf(error));
    } finally {
      if (generation === this.generation) useRun.setState({ busy: false });
    }
  }

  pause = (): Promise<void> => this.command((client) => client.pause());
  resume = (): Promise<void> => this.command((client) => client.resume());
  step = (): Promise<void> => this.command((client) => client.step());
  stop = (): Promise<void> => this.command((client) => client.stop());

  async search(query: string): Promise<void> {
    const asked = ++this.searchAsked;
    useSearch.setState({ query, pending: true, error: null });
    try {
      const answer = await this.worker().search(query, SEARCH_TOP_K);
      if (asked === this.searchAsked) useSearch.setState({ answer, pending: false });
    } catch (error) {
      if (asked === this.searchAsked) useSearch.setState({ pending: false, error: messageOf(error) });
    }
  }

  async openDocument(index: number): Promise<void> {
    try {
      useSelection.getState().selectDocument(await this.worker().document(index));
    } catch (error) {
      useToasts.getState().say(`The document could not be read: ${messageOf(error)}.`);
    }
  }

  /** For what has a slice of its own: asks the worker, starting one where there is none. */
  ask<Answer>(question: (client: LabClient) => Promise<Answer>): Promise<Answer> {
    return question(this.worker());
  }

  private worker(): LabClient {
    if (this.client) return this.client;
    if (!this.connect) throw new Error('the lab is not open');
    const client = this.connect();
    this.client = client;
    void client.death.then((reason) => {
      if (this.client !== client) return;
      this.client = null;
      if (isLive(useRun.getState().status)) this.turn('failed', reason);
      useSearch.setState({ pending: false });
    });
    return client;
  }

  private async command(give: (client: LabClient) => Promise<void>): Promise<void> {
    useRun.setState({ busy: true });
    try {
      await give(this.worker());
    } catch (error) {
      // A worker that died has said so by its status already.
      if (isLive(useRun.getState().status)) useToasts.getState().say(`That did not work: ${messageOf(error)}.`);
    } finally {
      useRun.setState({ busy: false });
    }
  }

  private take(event: RunEvent): void {
    switch (event.kind) {
      case 'started':
        this.pace = new Pace(event.plan, useCost.getState().cost?.tokensPerStep);
        useRun.setState({ plan: event.plan });
        void this.askExamples();
        break;
      case 'metrics':
        streams.append(event.steps);
        this.pace?.note(event.steps, performance.now());
        this.showWantedStep();
        break;
      case 'evaluation':
        streams.addEvaluation(event.point);
        break;
      case 'checkpoint':
        streams.addCheckpoint(event.step);
        break;
      case 'recorded':
        useRecords.getState().add(event.what, event.step);
        break;
      case 'status':
        this.turn(event.status, event.reason ?? null);
        break;
      case 'finished':
        useRun.setState({ evaluation: event.evaluation, fingerprint: event.fingerprint });
        break;
    }
  }

  /** Once the run is there, unless somebody has taken hold of another step meanwhile. */
  private showWantedStep(): void {
    const step = this.wantedStep;
    if (step === null || streams.lastStep() < step) return;
    this.wantedStep = null;
    const selection = useSelection.getState();
    if (selection.step !== null) return;
    selection.holdStep(step);
    const follow = { label: 'Follow the run', run: selection.follow };
    useToasts.getState().say(`This is step ${step}, which the link points at.`, follow);
  }

  private turn(status: RunStatus, reason: string | null): void {
    const now = performance.now();
    const { runningSince, spentMs } = useRun.getState();
    const spent = spentMs + (runningSince === null ? 0 : now - runningSince);
    if (status !== 'running') this.pace?.rest();
    useRun.setState({ status, reason, spentMs: spent, runningSince: status === 'running' ? now : null });
  }

  async askExamples(): Promise<void> {
    try {
      useSearch.setState({ examples: await this.worker().exampleQueries(EXAMPLES) });
    } catch {
      // No examples: the field stands alone.
    }
  }

  private askCost(): void {
    clearTimeout(this.costTimer);
    useCost.setState({ pending: true });
    const asked = ++this.costAsked;
    this.costTimer = setTimeout(() => {
      this.worker()
        .cost(useSession.getState().session)
        .then(
          (cost) => asked === this.costAsked && useCost.setState({ cost, error: null, pending: false }),
          (error: unknown) =>
            asked === this.costAsked && useCost.setState({ cost: null, error: messageOf(error), pending: false }),
        );
    }, COST_DELAY_MS);
  }
}

export const lab = new Lab();
