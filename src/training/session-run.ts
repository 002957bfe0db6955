import type { Ancestors } from '../config/ancestors';
import { evaluationSteps } from '../config/evaluation-steps';
import type { Session } from '../config/session';
import { planStages, totalSteps, type StagePlan } from '../config/stages';
import type { Gpu } from '../gpu/gpu';
import { sha256 } from '../lib/hash';
import { Random } from '../lib/philox';
import type { Model } from '../model/model';
import type {
  Arm,
  ArmResult,
  DevTrace,
  Evaluation,
  EvaluationPoint,
  GraphRecord,
  GraphStart,
  Split,
  StepMetrics,
  TraceRecord,
} from '../records/records';
import { Fingerprint } from '../session/fingerprint';
import type { Task, TaskQuery } from '../tasks/task';
import { dataIdentity, NO_DATA, type TaskData } from '../tasks/task-data';
import { checkBase, checkCompute, checkContext, loadBase, modelOf, taskOf, tokensOf, type Base } from './base';
import { devTraces } from './dev-traces';
import { checkFinite, checkWeights } from './diverged';
import { evaluatorOf, type ArmRanks, type Evaluator } from './evaluate';
import { evidenceBytes } from './evidence';
import { FrozenModel } from './frozen-model';
import { RING_SLOTS } from './loss-ring';
import { armsOf } from './session-arms';
import { STAGE_KINDS } from './stages/kinds';
import { Sentences } from './stages/pretrain-batch';
import type { Stage, StageObserver, StageState } from './stages/stage';
import type { TaskTokens } from './task-tokens';
import { checkTeacher, isTaught, teacherVectors, type Teacher, type TeacherVectors } from './teacher';

/** Everything that decides how a run continues; what a checkpoint holds. */
export interface RunState {
  /** Steps done. */
  step: number;
  weights: Float32Array<ArrayBuffer>[];
  /** The stage that `step` lies in; null at a stage's end. */
  stage: StageState | null;
  /** The frozen model of the KL term: stage 1's start, or stage 2's reference. Null where there is none. */
  base: Float32Array<ArrayBuffer>[] | null;
  fingerprint: { chain: string; steps: string[] };
}

/** Receives what a run does, in order. Everything but wall-clock figures is a function of the session and the adapter. */
export interface RunObserver {
  metrics(steps: StepMetrics[]): void;
  /** Number of texts that the teacher has embedded, before stage 1; it may throw to end the run. */
  teaching?(done: number, all: number): void | Promise<void>;
  evaluation(point: EvaluationPoint): void;
  /** Greedy completions of held-out queries at an evaluation; an observer may do without. */
  dev?(traces: DevTrace[]): void;
  traces(traces: TraceRecord[]): void;
  /** @param positions of the documents in the plane after the refresh, (N, 2) */
  graph(record: GraphRecord, positions: Float32Array<ArrayBuffer>): void;
  /** The graph that stage 2 begins with; not emitted by a run that continues from a checkpoint within the stage. */
  graphStart?(start: GraphStart, positions: Float32Array<ArrayBuffer>): void;
  checkpoint(state: RunState): Promise<void>;
}

/** The traces and graph record of a step of stage 2, kept until the step's metrics are read. */
interface Evidence {
  traces?: TraceRecord[];
  graph?: GraphRecord;
}

/** Milliseconds of steps between two reads of the losses, short enough that a pause is prompt. */
const FLUSH_MS = 500;

/** A session and the steps that it decides: the run's own, or an ancestor of a fork. */
interface Segment {
  session: Session;
  plan: readonly StagePlan[];
  /** Steps after which the dev queries are evaluated. */
  evaluations: readonly number[];
  /** The last step that this session decides. */
  until: number;
}

const segmentOf = (session: Session, until = Infinity): Segment => ({
  session,
  plan: planStages(session),
  evaluations: evaluationSteps(session),
  until,
});

/** The string that a run's fingerprint begins from: the hash of its data, and the teacher that it learns from. */
function startOf({ sft }: Session, data: TaskData): string {
  const own = dataIdentity(data);
  return sft.teacher.sha256 === '' ? own : sha256(`${own}\nteacher:${sft.teacher.sha256}`);
}

/** A session running on a GPU, a step at a time. */
export class SessionRun {
  readonly plan: readonly StagePlan[];
  readonly totalSteps: number;
  /** The ancestors in order, then the run's own session. */
  private readonly segments: readonly Segment[];
  private segment: Segment;
  readonly task: Task;
  readonly tokens: TaskTokens;
  readonly model: Model;
  private done = 0;
  private fingerprint: Fingerprint;
  /** What each step's link of the fingerprint covers beside its metrics: stage 2's sampled tokens and graph edits. */
  private readonly evidence = new Map<number, Evidence>();
  private stage: Stage | null = null;
  /** The frozen model of a KL term: stage 1's start, or stage 2's. */
  private readonly frozen: FrozenModel;
  private evaluator: Evaluator | null = null;
  /** The teacher's embeddings of the task's texts; null until stage 1 asks for them. */
  private ranked: TeacherVectors | null = null;
  private readonly devQueries: TaskQuery[];

  /**
   * @param data the bytes that the task is built from, where it needs any.
   * @param ancestors sessions whose steps are repeated before its own; checked by `checkAncestors`.
   * @param base the model that the session starts from, where it names one: `load` reads its weights.
   * @param teacher the embedder whose ranking stage 1 learns, where the session names one; `load` runs it.
   */
  constructor(
    private readonly gpu: Gpu,
    session: Session,
    private readonly observer: RunObserver,
    data: TaskData = NO_DATA,
    ancestors: Ancestors = [],
    private readonly base: Base | null = null,
    private readonly teacher: Teacher | null = null,
  ) {
    checkBase(session, base);
    checkCompute(gpu, session);
    this.fingerprint = new Fingerprint(startOf(session, data));
    this.plan = planStages(session);
    this.totalSteps = totalSteps(session);
    this.segments = [...ancestors.map((from) => segmentOf(from.session, from.step)), segmentOf(session)];
    this.segment = this.segments[0]!;
    this.task = taskOf(session, { files: data, base });
    this.tokens = tokensOf(session, this.task, base);
    if (base) checkContext(session, base, this.tokens);
    this.model = modelOf(gpu, session, this.task, base);
    if (!base) this.model.weights.initialise(new Random(session.seed, 'init'), session.model.initializer_range);
    this.frozen = new FrozenModel(this.model);
    this.devQueries = this.task.heldOut('dev', session.evaluation.queries_per_depth);
  }

  /** The session that decides the current steps: the run's own, or before a fork that of an ancestor. */
  get session(): Session {
    return this.segment.session;
  }

  /** Steps done. */
  get step(): number {
    return this.done;
  }

  get isFinished(): boolean {
    return this.done >= this.totalSteps;
  }

  get fingerprintSoFar(): Fingerprint {
    return this.fingerprint;
  }

  /** Milliseconds of one step of the current stage; 0 before they are known. */
  get stepMilliseconds(): number {
    return this.stage?.stepMilliseconds ?? 0;
  }

  /**
   * Loads the base's weights and computes the teacher's embeddings, before anything else; does nothing where the
   * session has neither.
   * @param onProgress bytes of the base so far and in all; it may throw to end the loading.
   */
  async load(onProgress?: (read: number, all: number) => void): Promise<void> {
    if (this.base) await loadBase(this.model, this.base, this.session.seed, onProgress);
    if (this.teacher && isTaught(this.session)) await this.taught();
  }

  /** Continues from a checkpoint of the same session, or of an ancestor up to the fork. */
  async restore(state: RunState): Promise<void> {
    this.done = state.step;
    this.segment = this.segments.find(({ until }) => state.step < until)!;
    this.model.weights.writePages(state.weights);
    this.fingerprint = new Fingerprint(state.fingerprint.chain, [...state.fingerprint.steps]);
    if (state.base) this.frozen.writePages(state.base);
    if (state.stage && !this.isFinished) await this.enterStage(state.stage);
  }

  /**
   * Runs steps until the next flush: about half a second's worth, at most `limit`, never across the end of a stage, an
   * evaluation or a checkpoint. The observer receives their events.
   * @returns false when the run is finished.
   * @throws DivergedError where a loss, a gradient or, at a checkpoint, a weight is not finite.
   */
  async advance(limit = RING_SLOTS): Promise<boolean> {
    if (this.isFinished) return false;
    if (this.done === this.segment.until) await this.fork();
    if (!this.stage) await this.enterStage();
    const stage = this.stage!;
    const { firstStep } = this.current();
    const wanted = stage.stepMilliseconds > 0 ? Math.round(FLUSH_MS / stage.stepMilliseconds) : 1;
    const end = Math.min(this.done + Math.max(1, Math.min(RING_SLOTS, limit, wanted)), this.nextStop());
    while (this.done < end) {
      this.done++;
      await stage.run(this.done - firstStep + 1);
    }
    const metrics = (await stage.flush()).map((line) => ({ ...line, step: line.step + firstStep - 1 }));
    for (const line of metrics) {
      const found = this.evidence.get(line.step);
      this.fingerprint.add(line, found && evidenceBytes(found.traces ?? [], found.graph));
      this.evidence.delete(line.step);
    }
    this.observer.metrics(metrics);
    // Before a checkpoint is made of it: the last one stays the last good one.
    checkFinite(metrics);
    await this.atStop();
    return !this.isFinished;
  }

  /** Turns to the next session, as from a checkpoint, so that it makes no difference whether there was one. */
  private async fork(): Promise<void> {
    const state = await this.checkpointNow();
    this.leaveStage();
    this.evaluator?.destroy();
    this.evaluator = null;
    await this.restore(state);
  }

  /** The stage that the next step belongs to. */
  private current(): StagePlan {
    const next = this.done + 1;
    const found = this.segment.plan.find(({ firstStep, steps }) => next >= firstStep && next < firstStep + steps);
    if (!found) throw new Error('no stage left to run');
    return found;
  }

  /** The next step after which something other than training happens. */
  private nextStop(): number {
    const { firstStep, steps } = this.current();
    const after = (every: number) => (every > 0 ? (Math.floor(this.done / every) + 1) * every : Infinity);
    const evaluation = this.segment.evaluations.find((step) => step > this.done) ?? Infinity;
    return Math.min(firstStep + steps - 1, evaluation, after(this.session.checkpoint.every), this.segment.until);
  }

  /**
   * Does what follows the step just done: an evaluation, the end of a stage, a checkpoint. A fork has a checkpoint too.
   */
  private async atStop(): Promise<void> {
    const { checkpoint } = this.session;
    const { plan, evaluations, until } = this.segment;
    const ended = plan.find(({ firstStep, steps }) => this.done === firstStep + steps - 1);
    const due = (every: number) => every > 0 && this.done % every === 0;
    if (evaluations.includes(this.done)) await this.evaluateDev();
    if (due(checkpoint.every) || ended || this.done === until)
      await this.observer.checkpoint(await this.state(ended !== undefined));
    if (ended) this.leaveStage();
  }

  /** @param from the state of the stage that the next step belongs to, where a checkpoint lies within it. */
  private async enterStage(from: StageState | null = null): Promise<void> {
    const { stage: name, firstStep } = this.current();
    const { gpu, model, task, tokens, session, frozen } = this;
    const sentences = new Sentences(task, tokens);
    const observer = this.stageObserver(firstStep - 1);
    const teacher = name === 'sft' && isTaught(session) ? await this.taught() : null;
    const search = () => this.search;
    const context = { gpu, model, task, tokens, sentences, session, frozen, teacher, observer, search };
    const stage = STAGE_KINDS[name].create(context);
    try {
      if (from) stage.restore(from);
      await stage.prepare();
    } catch (error) {
      stage.destroy();
      throw error;
    }
    this.stage = stage;
  }

  private async taught(): Promise<TeacherVectors> {
    const { gpu, session, teacher, task, observer } = this;
    checkTeacher(session, teacher);
    return (this.ranked ??= await teacherVectors(gpu, teacher!, task, (done, all) => observer.teaching?.(done, all)));
  }

  /**
   * An observer that passes on a stage's events with steps counted from the run's start.
   * @param before steps of earlier stages
   */
  private stageObserver(before: number): StageObserver {
    return {
      traces: (lines) => {
        const traces = lines.map((trace) => ({ ...trace, step: trace.step + before }));
        this.note(traces[0]?.step ?? this.done, { traces });
        this.observer.traces(traces);
      },
      graph: (line, positions) => {
        const graph = { ...line, step: line.step + before };
        this.note(graph.step, { graph });
        this.observer.graph(graph, positions);
      },
      graphStart: (start, positions) => this.observer.graphStart?.({ ...start, step: start.step + before }, positions),
    };
  }

  /**
   * Fits the picture of the graph to the documents as they are now, from the next refresh on.
   * @returns false where the stage draws none.
   */
  refitPicture(): boolean {
    this.stage?.refitPicture?.();
    return this.stage?.refitPicture !== undefined;
  }

  private leaveStage(): void {
    this.stage?.destroy();
    this.stage = null;
  }

  private note(step: number, found: Evidence): void {
    this.evidence.set(step, { ...this.evidence.get(step), ...found });
  }

  /** The state of the run between two calls of `advance`. */
  checkpointNow(): Promise<RunState> {
    return this.state(this.stage === null);
  }

  private async state(atStageEnd: boolean): Promise<RunState> {
    // Asked for together: each wait costs a browser much.
    const [weights, stage, base] = await Promise.all([
      this.model.weights.readPages(),
      atStageEnd || !this.stage ? null : this.stage.state(),
      this.frozen.readPages(),
    ]);
    checkWeights(this.done, weights);
    return {
      step: this.done,
      weights,
      stage,
      base,
      fingerprint: { chain: this.fingerprint.value, steps: [...this.fingerprint.perStep] },
    };
  }

  /** The evaluator of the current model, by exact search; made on first use. */
  get search(): Evaluator {
    this.evaluator ??= this.evaluatorOf(this.model);
    return this.evaluator;
  }

  /** An evaluator, by exact search, of a model of this session's task. The caller destroys it. */
  evaluatorOf(model: Model): Evaluator {
    return evaluatorOf(model, this);
  }

  private async evaluateDev(): Promise<void> {
    await this.search.refresh();
    const arms: Partial<Record<Arm, ArmResult>> = {};
    for (const arm of armsOf(this.session).during) {
      const found = await this.search.ranks(arm, this.devQueries);
      arms[arm] = this.search.resultOf(this.devQueries, found, { intervals: true });
      if (found.completions && this.observer.dev) this.observer.dev(await this.devTraces(found));
    }
    this.observer.evaluation({ step: this.done, stage: this.stage!.name, arms });
  }

  private devTraces(found: ArmRanks): Promise<DevTrace[]> {
    const { search, tokens, devQueries, session, done } = this;
    return devTraces(search, tokens, devQueries, found, { step: done, k: session.grpo.reward_k });
  }

  /** The final evaluation: every arm on both held-out splits. */
  async finalEvaluation(): Promise<Evaluation> {
    await this.search.refresh();
    const evaluation: Evaluation = {};
    for (const split of ['dev', 'test'] as const satisfies Split[]) {
      const queries = this.task.heldOut(split, this.session.evaluation.final_queries_per_depth);
      evaluation[split] = await this.search.evaluateAll(armsOf(this.session).final, queries);
    }
    return evaluation;
  }

  destroy(): void {
    this.leaveStage();
    this.evaluator?.destroy();
    this.frozen.destroy();
    this.model.destroy();
  }
}
