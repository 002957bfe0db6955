/** What the messages between the page and its worker carry; the messages themselves are the methods of the classes of `lab.ts`. */
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

/** Of a model's weights as it leaves the page. */
export type TakenDtype = 'f32' | 'f16' | 'bf16';
/** A run that trained from a model: its adapter alone in PEFT's layout, or the whole model with it merged in. */
export type TakenForm = { as: 'adapter' } | { as: 'model'; dtype: TakenDtype };

/** Receives the events of a run, in order. */
export type RunListener = Listener<RunEvent>;

export type VocabularyProgress = CorpusProgress;

export type RunEvent =
  /** A vocabulary is learnt before the run begins. */
  | { kind: 'learning'; progress: VocabularyProgress }
  /** The base model is read onto the GPU, in bytes; the teacher reads the documents, in texts. */
  | { kind: 'loading'; what: 'base' | 'teacher'; done: number; of: number }
  | { kind: 'started'; plan: RunPlan }
  /** Metrics come in batches, several times a second at most, each step with its link of the fingerprint's chain. */
  | { kind: 'metrics'; steps: StepMetrics[]; links: string[] }
  | { kind: 'evaluation'; point: EvaluationPoint }
  /** A checkpoint was kept after this step. */
  | { kind: 'checkpoint'; step: number }
  /** Records of this step were kept, and can be asked for. */
  | { kind: 'recorded'; what: keyof RecordedSteps; step: number }
  /**
   * `error`: why it is so, where it was not asked for. `result`: of one that has finished, where it is known. `spentMs` as
   * `RunSummary` has it, where a run's own worker tells.
   */
  | { kind: 'status'; status: RunStatus; error?: ErrorData; result?: RunResult; spentMs?: number }
  /** All that is recorded until now, of a run that was opened or goes on: takes the place of what was told before. */
  | {
      kind: 'past';
      plan: RunPlan | null;
      metrics: StepMetrics[];
      evaluations: EvaluationPoint[];
      checkpoints: number[];
      /** From step 1, as far as they were kept: with the last checkpoint, or whole at the end. */
      links: string[];
      recorded: RecordedSteps;
    }
  /** Storage ran out, or room was made. */
  | { kind: 'room'; full: boolean; text: string }
  /** The device had no room for its steps: from now on it is this, in more micro-batches, which goes on when it is resumed. */
  | { kind: 'parts'; session: Session; ancestors: Ancestors; text: string };

export interface RunResult {
  evaluation: Evaluation;
  fingerprint: string;
}

/** `interrupted`: it has not ended and nobody runs it; it can continue from its last checkpoint. */
export type RunStatus = 'preparing' | 'running' | 'paused' | 'finished' | 'stopped' | 'failed' | 'interrupted';

/** Where a run comes from, kept with it. */
export interface RunOrigin {
  /** What its link says came out. */
  claim?: RunSummary['claim'];
  /** Runs that were started together share it. */
  group?: string | null;
  /** How many runs that is. */
  groupSize?: number;
  /** What it is a fork of, the oldest first. */
  ancestors?: Ancestors;
  /** The kept run that it is a fork of: where a state of the fork's step is kept, the fork begins there. */
  parent?: string | null;
}

export interface RunCurves {
  metrics: StepMetrics[];
  evaluations: EvaluationPoint[];
  /** The start of each step's link of the fingerprint; empty for a run that has not finished. */
  links: string[];
}

export interface StorageReport {
  /** Why nothing outlives the page; null where it does. */
  denied: string | null;
  /** Bytes, of all that this site keeps, and that it may. */
  usage: number;
  quota: number;
  /** Bytes of what is kept, by what it is. */
  kept: Readonly<Record<KeptKind, number>>;
}

/** What this browser keeps for the page: embeddings are those of collections, kept to be opened again. */
export type KeptKind = 'runs' | 'models' | 'documents' | 'embeddings';

/** Sampled while stage 2 trained, or written greedily for a held-out query at an evaluation. */
export type TraceKind = 'sampled' | 'dev';

/** Which completions to list; a group is listed for one that all of it lets through. */
export interface TraceFilter {
  kind: TraceKind;
  /** Null: every recorded step. */
  step: number | null;
  /** Words that the query or the completion contains. */
  text: string;
  depth: number | null;
  /** Whether the reasoning is right word for word, wrong, or never came to the embed token. */
  outcome: 'any' | 'right' | 'wrong' | 'cut';
  reward: 'any' | 'full' | 'some' | 'none';
  /** Above or below the group's mean. */
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
  /** The step to continue from; null where there is nothing more. */
  next: number | null;
}

/** A completion as the page reads it. */
export interface TraceView {
  step: number;
  ids: number[];
  /** A word for each id; the embed token closes a completion that was searched. */
  tokens: string[];
  logprobs: number[];
  entropies: number[];
  reward: number;
  /** Null where nothing was compared, as in an evaluation. */
  advantage: number | null;
  /** From 1; 0 where nothing was embedded or found. */
  rank: number;
  /** Null where it was not recorded. */
  ranks: number[] | null;
  rewards: number[] | null;
  emitted: boolean;
  /** The reasoning is the right one, word for word. */
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
  /** The completion to follow; null lets the model write one, greedily. */
  ids: number[] | null;
  /** As the model stood at the last kept step up to this one; null: as it stands now. */
  step: number | null;
}
export interface Thinking extends Omit<TraceView, 'ranks' | 'rewards' | 'advantage'>, ThinkingRanks {
  query: string;
  milliseconds: number;
}

export type { ArmResult, DocumentMap };
