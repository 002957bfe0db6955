import type { Ancestors } from '../../config/ancestors';
import { ACTIVATIONS } from '../../config/sections/model';
import type { Session } from '../../config/session';
import type { AnyOpenedModel } from '../../formats/opened-model';
import { GpuUnavailableError } from '../../gpu/errors';
import { Gpu, identify } from '../../gpu/gpu';
import { plannedAs } from '../../gpu/planned';
import { grantedFinely } from '../../gpu/granted';
import type { Model } from '../../model/model';
import type { SelfTestResult } from '../../records/device';
import type { SessionProfile } from '../../records/profile';
import type { DocumentMap, Evaluation, SessionSpeed } from '../../records/records';
import type { Tuning } from '../../records/tuning';
import type { Task } from '../../tasks/task';
import type { Probe, WorldCountry } from '../../tasks/world/data';
import { canCompute, type SessionData } from '../../training/base';
import type { EmbeddingModel } from '../../training/benchmark/embedder';
import { capacity } from '../../training/capacity';
import { sessionCost } from '../../training/cost';
import { faultSentence, type DivergedError } from '../../training/diverged';
import { documentMap } from '../../training/document-map';
import { measureSession } from '../../training/measure';
import { loadEmbedding } from '../../training/opened-model';
import { SessionRun, type RunObserver, type RunState } from '../../training/session-run';
import { teacherVectors, type Teacher, type TeacherVectors } from '../../training/teacher';
import type { ProbedBase } from '../../training/world-probe';
import type {
  AdapterReport,
  ReasonProgress,
  RunPlan,
  SearchAnswer,
  SessionCost,
  Thinking,
  ThinkRequest,
} from './messages';
import type { Engine, EngineDevice, Training } from './engine';
import { PastModels } from './past-models';
import { answer } from './search';
import { think } from './thinking';
import type { TuningStore } from './tuning-store';

/** The label of a device that was opened ahead of its use. */
const AHEAD = 'ahead';

/** The engine that trains on the WebGPU of this browser. */
export class GpuEngine implements Engine {
  /** The next device, on which kernels compile before it is needed. */
  private ahead: Promise<Gpu> | null = null;
  private inUse = 0;

  /** @param tunings the kept tunings, of which each device that is opened takes its adapter's. */
  constructor(private readonly tunings: Pick<TuningStore, 'read'>) {}

  async adapter(): Promise<AdapterReport> {
    return report(await requestAdapter());
  }

  /** Computes the cost of the session in the panel, and begins to compile its kernels while the user reads the page. */
  async cost(session: Session, { files, base, teacher }: SessionData): Promise<SessionCost> {
    const adapter = await requestAdapter().catch(() => null);
    if (!adapter) return sessionCost(session, files, base, teacher);
    const planned = plannedAs(identify(adapter), adapter.features);
    planned.tuning = await this.tunings.read(planned.adapter);
    const cost = await sessionCost(session, files, base, teacher, planned);
    // Whatever fails here fails again where a caller waits for it; kernels that the adapter lacks a feature for are not asked for.
    if (canCompute(planned, session)) void this.compileAhead(planned).catch(() => undefined);
    return cost;
  }

  async open(): Promise<EngineDevice> {
    this.inUse++;
    let gpu: Gpu;
    try {
      gpu = (await this.openedAhead()) ?? (await create());
      // Read now: a device that was opened ahead may be older than the tuning.
      gpu.tuning = await this.tunings.read(gpu.adapter);
    } catch (error) {
      this.inUse--;
      throw error;
    }
    return new GpuDevice(gpu, () => this.inUse--);
  }

  private async compileAhead(planned: Gpu): Promise<void> {
    // Beside a run it would take the adapter's time, and memory.
    if (this.inUse > 0) return;
    const gpu = await (this.ahead ??= create(AHEAD));
    gpu.compileAhead(planned);
  }

  private async openedAhead(): Promise<Gpu | null> {
    // Taken before it is waited for: whoever else opens a device meanwhile is to have another.
    const { ahead } = this;
    this.ahead = null;
    const gpu = await ahead?.catch(() => null);
    if (!gpu) return null;
    if (!(await gpu.isLost(0))) {
      gpu.device.label = '';
      return gpu;
    }
    gpu.destroy();
    return null;
  }
}

async function create(label = ''): Promise<Gpu> {
  const gpu = await Gpu.create(await requestAdapter(), label);
  gpu.nudges = navigator.userAgent.includes('Firefox');
  return gpu;
}

class GpuDevice implements EngineDevice {
  private run: SessionRun | null = null;

  private isDestroyed = false;

  constructor(
    private readonly gpu: Gpu,
    private readonly onDestroyed: () => void,
  ) {}

  get name(): string {
    const { vendor, architecture } = this.gpu.adapter;
    return [vendor, architecture].filter(Boolean).join(' ');
  }

  train(session: Session, data: SessionData, observer: RunObserver, ancestors: Ancestors): Training {
    const { files, base, teacher } = data;
    this.run = new SessionRun(this.gpu, session, observer, files, ancestors, base, teacher);
    return new GpuTraining(this.run);
  }

  async explain(
    seen: DivergedError,
    session: Session,
    { files, base, teacher }: SessionData,
    ancestors: Ancestors,
    state: RunState | null,
    isCancelled: () => boolean,
  ): Promise<string> {
    this.run?.destroy();
    this.run = null;
    const make = (observer: RunObserver): SessionRun =>
      new SessionRun(this.gpu, session, observer, files, ancestors, base, teacher);
    const { findFault } = await import('../../training/find-fault');
    const fault = await findFault(this.gpu, { make, state, step: seen.step, isCancelled });
    return isCancelled() ? seen.message : faultSentence(seen, fault, state?.step ?? 0);
  }

  load(opened: AnyOpenedModel, onProgress: (written: number, all: number) => void): Promise<EmbeddingModel> {
    return loadEmbedding(this.gpu, opened, onProgress);
  }

  taught(teacher: Teacher, task: Task): Promise<TeacherVectors> {
    return teacherVectors(this.gpu, teacher, task, () => undefined);
  }

  async probe(
    base: ProbedBase,
    world: readonly WorldCountry[],
    tell: (progress: ReasonProgress) => void,
  ): Promise<Probe> {
    const { probeWorld } = await import('../../training/world-probe');
    const asked = (done: number, of: number): void => tell({ what: 'questions', done, of });
    return probeWorld(this.gpu, base, world, asked, (done, of) => tell({ what: 'weights', done, of }));
  }

  granted(bytes: number): Promise<number> {
    return grantedFinely(this.gpu, bytes);
  }

  measure(session: Session, data: SessionData, isCancelled: () => boolean): Promise<SessionSpeed | null> {
    return measureSession(this.gpu, session, data, isCancelled);
  }

  async profile(session: Session, data: SessionData, isCancelled: () => boolean): Promise<SessionProfile | null> {
    // With what is needed for nothing else here.
    const { profileSession } = await import('../../training/profile');
    return profileSession(this.gpu, session, data, isCancelled);
  }

  async check(tell: (result: SelfTestResult) => void, isCancelled: () => boolean): Promise<number | null> {
    // With the references, which nothing else here needs.
    const { selfTest, SELF_TEST_CASES } = await import('../../training/self-test/self-test');
    return (await selfTest(this.gpu, tell, isCancelled)) ? SELF_TEST_CASES.length : null;
  }

  async tune(tell: (done: number, of: number) => void, isCancelled: () => boolean): Promise<Tuning | null> {
    const { measureTiles } = await import('../../training/measure-tiles');
    return measureTiles(this.gpu, { onProgress: tell, isCancelled });
  }

  isLost(): Promise<boolean> {
    return this.gpu.isLost();
  }

  destroy(): void {
    if (!this.isDestroyed) this.onDestroyed();
    this.isDestroyed = true;
    this.gpu.destroy();
  }
}

/** A session run with the models that it keeps to be asked later. */
class GpuTraining implements Training {
  readonly plan: RunPlan;
  private readonly past: PastModels;

  constructor(private readonly run: SessionRun) {
    const { task, model, plan, totalSteps } = run;
    this.past = new PastModels(run);
    this.plan = {
      stages: [...plan],
      totalSteps,
      documents: task.documents.length,
      parameters: model.table.parameters,
      vocabulary: task.vocabulary.length,
    };
  }

  get task(): Task {
    return this.run.task;
  }

  get step(): number {
    return this.run.step;
  }

  get isFinished(): boolean {
    return this.run.isFinished;
  }

  get fingerprint(): Training['fingerprint'] {
    return this.run.fingerprintSoFar;
  }

  get modelSteps(): readonly number[] {
    return this.past.steps;
  }

  get model(): Model {
    return this.run.model;
  }

  load(onProgress: (read: number, all: number) => void): Promise<void> {
    return this.run.load(onProgress);
  }

  async restore(state: RunState): Promise<void> {
    await this.run.restore(state);
    await this.past.note();
  }

  async advance(limit: number): Promise<void> {
    await this.run.advance(limit);
    await this.past.note();
  }

  finalEvaluation(): Promise<Evaluation> {
    return this.run.finalEvaluation();
  }

  checkpoint(): Promise<RunState> {
    return this.run.checkpointNow();
  }

  refitPicture(): boolean {
    return this.run.refitPicture();
  }

  search(query: string, topK: number): Promise<SearchAnswer> {
    return answer(this.run, query, topK);
  }

  think(request: ThinkRequest): Promise<Thinking> {
    return think(this.run, this.past, request);
  }

  map(): Promise<DocumentMap> {
    return documentMap(this.run);
  }
}

async function requestAdapter(): Promise<GPUAdapter> {
  // Typed as always there; browsers without WebGPU lack it.
  const gpu: GPU | undefined = navigator.gpu;
  const adapter = gpu ? await gpu.requestAdapter({ powerPreference: 'high-performance' }) : null;
  if (!adapter) throw new GpuUnavailableError('This browser offers no WebGPU adapter.');
  return adapter;
}

/** Describes an adapter for the Device view. */
function report(adapter: GPUAdapter): AdapterReport {
  const limits: Record<string, number> = {};
  // The limits are getters of the prototype, which neither JSON nor Object.entries sees.
  for (const name in adapter.limits) {
    const value: unknown = Reflect.get(adapter.limits, name);
    if (typeof value === 'number') limits[name] = value;
  }
  const sizes = [1024, 4096, 16_384].flatMap((tokens) =>
    ACTIVATIONS.map((activations) => capacity(adapter.limits.maxBufferSize, tokens, activations)),
  );
  const held = sizes.filter((found) => found !== null);
  return { ...identify(adapter), features: [...adapter.features].sort(), limits, capacity: held };
}
