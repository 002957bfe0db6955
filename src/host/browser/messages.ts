/**
 * Types of the messages between the page and its worker; the messages themselves are the methods of the classes of
 * `lab.ts`.
 */
import type { Ancestors } from '../../config/ancestors';
import type { Session } from '../../config/session';
import type { ErrorData } from '../../lib/errors';
import type {
  ArmResult,
  DocumentMap,
  EvaluationPoint,
  RecordedSteps,
  StepMetrics,
  Evaluation,
} from '../../records/records';
import type { CorpusProgress } from '../../tasks/unread';
import type { DocumentCard, ThinkingRanks, TraceHop } from './search-api';
import type { RunPlan, RunSummary } from './stored-run';
import type { Listener } from './wire';

export type * from './benchmark/api';
export type * from './device-api';
export type * from './models/api';
export type * from './search-api';
export type * from './stored-run';

/** The dtype of an exported model's weights. */
export type TakenDtype = 'f32' | 'f16' | 'bf16';
/**
 * The form in which a run trained from a base is exported: its adapter alone in PEFT's layout, or the whole model with
 * it merged in.
 */
export type TakenForm = { as: 'adapter' } | { as: 'model'; dtype: TakenDtype };

/** Receives the events of a run, in order. */
export type RunListener = Listener<RunEvent>;

export type VocabularyProgress = CorpusProgress;

export type RunEvent =
  /** A vocabulary is being learnt before the run begins. */
  | { kind: 'learning'; progress: VocabularyProgress }
  /** The base is being read onto the GPU (in bytes), or the teacher embeds the documents (in texts). */
  | { kind: 'loading'; what: 'base' | 'teacher'; done: number; of: number }
  | { kind: 'started'; plan: RunPlan }
  /** Metrics of steps, several times a second at most, each with its link of the fingerprint's chain. */
  | { kind: 'metrics'; steps: StepMetrics[]; links: string[] }
  | { kind: 'evaluation'; point: EvaluationPoint }
  /** A checkpoint was kept after this step. */
  | { kind: 'checkpoint'; step: number }
  /** Records of this step were kept, and can be read. */
  | { kind: 'recorded'; what: keyof RecordedSteps; step: number }
  /**
   * The run's status. `error`: the reason, where the user did not cause it. `result`: of a finished run, where it is
   * known. `spentMs`: see `RunSummary`; sent by the worker that runs it.
   */
  | { kind: 'status'; status: RunStatus; error?: ErrorData; result?: RunResult; spentMs?: number }
  /** Everything recorded so far, of a run that was opened or continues; it replaces earlier events. */
  | {
      kind: 'past';
      plan: RunPlan | null;
      metrics: StepMetrics[];
      evaluations: EvaluationPoint[];
      checkpoints: number[];
      /**
       * The links of the fingerprint from step 1, as far as they were kept: up to the last checkpoint, or all at the
       * end.
       */
      links: string[];
      recorded: RecordedSteps;
    }
  /** Storage ran out, or there is room again. */
  | { kind: 'room'; full: boolean; text: string }
  /**
   * The device had no memory for the run's steps: the run is now this session, with more micro-batches, and continues
   * when it is resumed.
   */
  | { kind: 'parts'; session: Session; ancestors: Ancestors; text: string };

export interface RunResult {
  evaluation: Evaluation;
  fingerprint: string;
}

/**
 * The status of a run. `interrupted`: it has not ended and no tab runs it; it can continue from its last checkpoint.
 */
export type RunStatus = 'preparing' | 'running' | 'paused' | 'finished' | 'stopped' | 'failed' | 'interrupted';

/** The origin of a run, kept with it. */
export interface RunOrigin {
  /** The fingerprint and figures that its link claims. */
  claim?: RunSummary['claim'];
  /** The name shared by runs that were started together. */
  group?: string | null;
  /** Number of runs in that group. */
  groupSize?: number;
  /** The ancestors of a fork, the oldest first. */
  ancestors?: Ancestors;
  /** The kept run that a fork continues: where its state of the fork's step is kept, the fork begins from that. */
  parent?: string | null;
}

export interface RunCurves {
  metrics: StepMetrics[];
  evaluations: EvaluationPoint[];
  /** The start of each step's link of the fingerprint; empty for a run that has not finished. */
  links: string[];
}

export interface StorageReport {
  /** The reason why nothing is kept beyond this visit; null where things are kept. */
  denied: string | null;
  /** Bytes of everything that this site keeps, and the most it may. */
  usage: number;
  quota: number;
  /** Bytes that are kept, by kind. */
  kept: Readonly<Record<KeptKind, number>>;
}

/** The kinds of things that this browser keeps for the page; embeddings are those of collections, tunings those of GPUs. */
export type KeptKind = 'runs' | 'models' | 'documents' | 'embeddings' | 'tunings';

/** The source of a trace: sampled while stage 2 trained, or written greedily for a held-out query at an evaluation. */
export type TraceKind = 'sampled' | 'dev';

/** Which completions to list. A group is listed where at least one of its completions passes all filters. */
export interface TraceFilter {
  kind: TraceKind;
  /** The step; null for every recorded step. */
  step: number | null;
  /** Text that the query or the completion contains. */
  text: string;
  depth: number | null;
  /** How the reasoning ended: right word for word, wrong, or cut off before the embed token. */
  outcome: 'any' | 'right' | 'wrong' | 'cut';
  reward: 'any' | 'full' | 'some' | 'none';
  /** The advantage: above or below the group's mean. */
  advantage: 'any' | 'above' | 'below';
}

/** A group in a list: enough to draw its completions as dots. */
export interface TraceSummary {
  kind: TraceKind;
  step: number;
  query: string;
  depth: number;
  completions: { reward: number; emitted: boolean; exact: boolean; matches: boolean }[];
}
export interface TracePage {
  groups: TraceSummary[];
  /** The step to continue the list from; null where it ends. */
  next: number | null;
}

/** A completion in the form that the page shows. */
export interface TraceView {
  step: number;
  ids: number[];
  /** A word for each id; the embed token comes last in a completion that was searched. */
  tokens: string[];
  logprobs: number[];
  entropies: number[];
  reward: number;
  /** The advantage; null where completions were not compared, as in an evaluation. */
  advantage: number | null;
  /** Rank of the best relevant document, from 1; 0 where nothing was embedded or found. */
  rank: number;
  /** The ranks while thinking; null where they were not recorded. */
  ranks: number[] | null;
  rewards: number[] | null;
  emitted: boolean;
  /** Whether the reasoning is the right one, word for word. */
  exact: boolean;
  hops: TraceHop[];
}
export interface TraceGroup {
  kind: TraceKind;
  step: number;
  query: string;
  depth: number;
  split: 'train' | 'dev' | 'test';
  /** The right reasoning. */
  gold: string;
  relevant: DocumentCard[];
  completions: TraceView[];
}

export interface ThinkRequest {
  query: string;
  /** The completion to follow; null to let the model write one, greedily. */
  ids: number[] | null;
  /** Use the model of the last kept step up to this one; null: the current model. */
  step: number | null;
}
export interface Thinking extends Omit<TraceView, 'ranks' | 'rewards' | 'advantage'>, ThinkingRanks {
  query: string;
  milliseconds: number;
}

export type { ArmResult, DocumentMap };
