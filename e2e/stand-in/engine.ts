import type { Ancestors } from '../../src/config/ancestors';
import type { Session } from '../../src/config/session';
import { planStages } from '../../src/config/stages';
import type {
  AdapterReport,
  RunPlan,
  SearchAnswer,
  SearchHit,
  SessionCost,
  Thinking,
  ThinkRequest,
} from '../../src/host/browser/api';
import type { Engine, EngineDevice, Training } from '../../src/host/browser/engine';
import type { Model } from '../../src/model/model';
import type { SessionProfile } from '../../src/records/profile';
import type { Evaluation, SessionSpeed } from '../../src/records/records';
import { createTask } from '../../src/tasks/registry';
import type { Task } from '../../src/tasks/task';
import type { SessionData } from '../../src/training/base';
import { checkFinite, faultSentence, type DivergedError } from '../../src/training/diverged';
import type { RunObserver, RunState } from '../../src/training/session-run';
import { ScriptedGraph } from './graph';
import { arm, armsAt, costOf, metricsAt, profileOf, skillAt, stageOf } from './script';
import { FEW, ScriptedTraces } from './traces';

/** The events of a scripted run. */
export interface RunScript {
  /** It cannot begin, for this reason. */
  failsAtStart?: string;
  /** The loss of this step is not a number. */
  divergesAt?: number;
  /** Its steps are measured until somebody cancels it. */
  measuresUntilCancelled?: boolean;
  /** From the step after this one on it has other bits, as on another adapter. */
  otherBitsAfter?: number;
  /** A number of documents beyond that of every task. */
  documents?: number;
  /** Stage 2 writes as many completions as the session says, where journeys need few. */
  wholeBatches?: boolean;
}

/** The events in a page. A title makes no other session, and so can choose what happens to a run. */
export interface Script extends RunScript {
  titled?: Readonly<Record<string, RunScript>>;
  /** The browser lets the page keep nothing. */
  storageDenied?: boolean;
}

const PERIOD_MS = 60;
const STEPS_PER_PERIOD = 6;
/** A refresh of a large graph takes its time: a pause need not wait for several. */
const MOST_MS = 100;
const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** An engine that plays runs from a script, for the page's own journeys; the lab around it is the product's. */
export class ScriptedEngine implements Engine {
  constructor(private readonly script: Script) {}

  adapter(): Promise<AdapterReport> {
    return Promise.resolve({
      vendor: 'stand-in',
      architecture: 'script',
      description: 'A scripted run',
      software: true,
      features: ['timestamp-query', 'shader-f16'],
      limits: { maxBufferSize: 268_435_456, maxStorageBufferBindingSize: 134_217_728, maxComputeWorkgroupSizeX: 256 },
      capacity: [],
    });
  }

  cost(session: Session): Promise<SessionCost> {
    return Promise.resolve(costOf(session));
  }

  open(): Promise<EngineDevice> {
    return Promise.resolve(new ScriptedDevice(this.script));
  }
}

class ScriptedDevice implements EngineDevice {
  readonly name = 'stand-in script';

  constructor(private readonly script: Script) {}

  train(session: Session, data: SessionData, observer: RunObserver): Training {
    const script = this.of(session);
    if (script.failsAtStart !== undefined) throw new Error(script.failsAtStart);
    return new ScriptedTraining(script, session, data, observer);
  }

  granted(bytes: number): Promise<number> {
    return Promise.resolve(bytes);
  }

  taught(): Promise<never> {
    return Promise.reject(new Error('the stand-in learns from no teacher'));
  }

  probe(): Promise<never> {
    return Promise.reject(new Error('the stand-in asks no model'));
  }

  load(): Promise<Model> {
    return Promise.reject(new Error('the stand-in loads no model'));
  }

  explain(
    seen: DivergedError,
    _session: Session,
    _data: SessionData,
    _ancestors: Ancestors,
    state: RunState | null,
  ): Promise<string> {
    const fault = { step: seen.step, kernel: 'rmsnorm_forward', binding: 'y', tensor: 'normed' };
    return Promise.resolve(faultSentence(seen, fault, state?.step ?? 0));
  }

  async measure(session: Session, _: SessionData, isCancelled: () => boolean): Promise<SessionSpeed | null> {
    const milliseconds = { pretrain: 10, sft: 20, grpo: 100 };
    const isEndless = this.of(session).measuresUntilCancelled === true;
    for (let turn = 0; turn < 15 || isEndless; turn++) {
      await wait(20);
      if (isCancelled()) return null;
    }
    const stages = planStages(session).map(({ stage }) => ({ stage, milliseconds: milliseconds[stage] }));
    return { stages, evaluation: 50 };
  }

  async profile(session: Session, _: SessionData, isCancelled: () => boolean): Promise<SessionProfile | null> {
    const isEndless = this.of(session).measuresUntilCancelled === true;
    for (let turn = 0; turn < 15 || isEndless; turn++) {
      await wait(20);
      if (isCancelled()) return null;
    }
    return { timestamps: true, stages: planStages(session).map(({ stage }) => profileOf(stage)) };
  }

  check(): Promise<null> {
    return Promise.resolve(null);
  }

  tune(): Promise<null> {
    return Promise.resolve(null);
  }

  isLost(): Promise<boolean> {
    return Promise.resolve(false);
  }

  destroy(): void {
    // There is nothing on it.
  }

  private of(session: Session): RunScript {
    return { ...this.script, ...this.script.titled?.[session.title] };
  }
}

class ScriptedTraining implements Training {
  readonly task: Task;
  readonly plan: RunPlan;
  step = 0;
  private readonly traces: ScriptedTraces;
  private readonly graph: ScriptedGraph;

  constructor(
    private readonly script: RunScript,
    private readonly session: Session,
    data: SessionData,
    private readonly observer: RunObserver,
  ) {
    const made = createTask(session.task, session.seed, data.files);
    this.task = script.documents === undefined ? made : withDocuments(made, script.documents);
    const stages = planStages(session);
    const totalSteps = stages.reduce((sum, { steps }) => sum + steps, 0);
    const documents = this.task.documents.length;
    this.plan = { stages, totalSteps, documents, parameters: costOf(session).parameters, vocabulary: 120 };
    const { batch_size: queries, num_generations: completions } = session.grpo;
    this.traces = new ScriptedTraces(this.task, script.wholeBatches === true ? { queries, completions } : FEW);
    this.graph = new ScriptedGraph(this.task, session, observer);
  }

  get isFinished(): boolean {
    return this.step >= this.plan.totalSteps;
  }

  load(): Promise<void> {
    return Promise.resolve();
  }

  /** A chain that is always the same. */
  get fingerprint(): Training['fingerprint'] {
    const perStep = Array.from({ length: this.step }, (_, at) => this.linkAt(at + 1));
    return { value: this.linkAt(this.step).padEnd(64, 'ab12cd34'), perStep };
  }

  get modelSteps(): readonly number[] {
    return this.traces.models;
  }

  get model(): Model {
    throw new Error('a script has no model');
  }

  restore(state: RunState): Promise<void> {
    this.step = state.step;
    return Promise.resolve();
  }

  async advance(limit: number): Promise<void> {
    await wait(PERIOD_MS);
    const end = performance.now() + MOST_MS;
    const { stages } = this.plan;
    const { evaluation, checkpoint } = this.session;
    for (
      let left = Math.min(limit, STEPS_PER_PERIOD);
      left > 0 && !this.isFinished && performance.now() < end;
      left--
    ) {
      this.step += 1;
      const { step } = this;
      const { stage } = stageOf(stages, step);
      const line = { ...metricsAt(stages, step), ...(step === this.script.divergesAt ? { loss: NaN } : {}) };
      this.observer.metrics([line]);
      checkFinite([line]);
      if (stage !== 'pretrain' && evaluation.every > 0 && step % evaluation.every === 0) {
        this.observer.evaluation({ step, stage, arms: armsAt(stages, step) });
        this.observer.dev?.(this.traces.dev(step, skillAt(stages, step)));
      }
      if (stage === 'grpo') {
        this.observer.traces(this.traces.groups(step, skillAt(stages, step)));
        await this.graph.refresh(step);
      }
      const isDue = checkpoint.every > 0 && step % checkpoint.every === 0;
      if (isDue || this.isFinished) await this.observer.checkpoint(this.state());
    }
  }

  finalEvaluation(): Promise<Evaluation> {
    const arms = {
      ...armsAt(this.plan.stages, this.step),
      gold: arm(0.95, 64),
      shuffled: arm(0.1, 64),
      bm25: arm(0.04, 64),
      fusion: arm(0.88, 64),
    };
    return Promise.resolve({ dev: arms, test: arms });
  }

  checkpoint(): Promise<RunState> {
    return Promise.resolve(this.state());
  }

  refitPicture(): boolean {
    return false;
  }

  search(query: string): Promise<SearchAnswer> {
    const { task, step } = this;
    const parsed = task.parse(query);
    if (!parsed) return Promise.reject(new Error(`"${query}" is not one of the task's queries`));
    const trace = parsed.trace.split(' ');
    const wrong = trace.slice(0, -1).concat(trace[1] ?? '');
    return Promise.resolve({
      step,
      query,
      trace: wrong,
      emitted: true,
      hops: task.judge(parsed, wrong.join(' ')).hops,
      thinking: this.traces.think({ query, ids: null, step: null }, step),
      reasoning: this.hits(parsed.relevant[0]!.document, 0),
      direct: this.hits(parsed.relevant[0]!.document, 6),
      rank: { reasoning: 1, direct: 7 },
      milliseconds: 42,
    });
  }

  think(request: ThinkRequest): Promise<Thinking> {
    return Promise.resolve(this.traces.think(request, this.step));
  }

  map(): Promise<never> {
    return Promise.reject(new Error('a scripted run has no model to draw a map by'));
  }

  /** The wanted document at a place from 0. */
  private hits(wanted: number, place: number): SearchHit[] {
    const { documents } = this.task;
    return Array.from({ length: 10 }, (_, at) => {
      const document = at === place ? wanted : (wanted + 3 * (at + 1) + (place === 0 ? 0 : 6)) % documents.length;
      const { id, text, group } = documents[document]!;
      return { document, id, text, group, score: 0.94 - 0.06 * at, relevant: document === wanted };
    });
  }

  private linkAt(step: number): string {
    const isOther = step > (this.script.otherBitsAfter ?? Infinity);
    return `${isOther ? 'f' : '0'}${step.toString(16).padStart(11, '0').split('').reverse().join('')}`;
  }

  /** As much of a state as a script needs to continue. */
  private state(): RunState {
    const { step, fingerprint } = this;
    const weights = [Float32Array.of(step)];
    return { step, weights, stage: null, base: null, fingerprint: { chain: '', steps: [...fingerprint.perStep] } };
  }
}

/** As many documents as a script asks for, more than any task has. */
function withDocuments(task: Task, count: number): Task {
  const documents = Array.from({ length: count }, (_, at) => {
    const document = task.documents[at % task.documents.length]!;
    return { ...document, id: `${document.id}-${Math.floor(at / task.documents.length)}` };
  });
  return new Proxy(task, {
    get: (target, key): unknown => (key === 'documents' ? documents : Reflect.get(target, key, target)),
  });
}
