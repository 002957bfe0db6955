import type { Ancestors } from '../../config/ancestors';
import type { Session } from '../../config/session';
import type { ErrorData } from '../../lib/errors';
import type {
  ArmResult,
  DocumentMap,
  EvaluationPoint,
  GraphRecord,
  GraphStart,
  RecordedSteps,
  StepMetrics,
  Evaluation,
} from '../../records/records';
import type { CorpusProgress } from '../../tasks/unread';
import type { BenchApi, CollectionFile } from './benchmark/api';
import type { DeviceApi } from './device-api';
import type { ModelListener, ModelsApi } from './models/api';
import type { DocumentCard, SearchAnswer, ThinkingRanks, TraceHop } from './search-api';
import type { RunNames, RunPlan, RunSummary, StoredRun } from './stored-run';
import type { Listener } from './wire';

export type * from './benchmark/api';
export type * from './device-api';
export type * from './models/api';
export type * from './search-api';
export type * from './stored-run';

/**
 * The worker's API, declared once: the classes of `lab.ts` implement a group each, and the page's side of it (`LabClient`)
 * is derived. A message is added by a method here and in its group's class.
 */
export interface LabApi {
  /** The page's address, which tasks' data lies beside. Comes first. */
  open(page: string): void;
  /** Answers at once: the page's heartbeat. */
  ping(): void;
  device: DeviceApi;
  run: RunApi;
  runs: RunsApi;
  records: RecordsApi;
  model: ModelApi;
  bench: BenchApi;
  models: ModelsApi;
  takeHome: TakeHomeApi;
}

/** The run on the page, one at a time: `start`, `resume`, `open` and `stop` take turns, and each ends what is there first. */
export interface RunApi {
  /** Starts a run and returns its name once it has begun; null where it was stopped before. */
  start(session: Session, listener: RunListener, origin?: RunOrigin): Promise<string | null>;
  /** Continues a kept run from its last checkpoint, or from its start; tells what is recorded until there first. */
  resume(run: string, listener: RunListener): Promise<void>;
  /**
   * Shows a kept run: its records, and its model for searches. One that another tab runs is followed.
   * @returns whether another tab runs it.
   */
  open(run: string, listener: RunListener): Promise<{ elsewhere: boolean }>;
  /** Resolves once the step in progress is done and the run's state is kept. */
  pause(): Promise<void>;
  unpause(): Promise<void>;
  /** Runs one step and pauses again. */
  step(): Promise<void>;
  stop(): Promise<void>;
  /** Lays the picture of the graph out again, from the next refresh on; false where there is nothing to lay out. */
  refitPicture(run: string): Promise<boolean>;
}

/** The runs that this browser keeps. */
export interface RunsApi {
  /** Newest first. */
  list(): Promise<StoredRun[]>;
  storage(): Promise<StorageReport>;
  describe(run: string, changes: Partial<RunNames>): Promise<void>;
  /** Resolves once no tab holds the run any more. */
  whenFree(run: string): Promise<void>;
  /** Takes a run off the list; until the page is closed it can be restored. */
  remove(run: string): Promise<void>;
  restore(run: string): Promise<void>;
  /** What a comparison draws of a run. */
  curves(run: string): Promise<RunCurves>;
  /** One file with all that is kept of a run. Transferred. */
  export(run: string): Promise<Uint8Array<ArrayBuffer>>;
  /** The model that a run kept last, in Hugging Face layout with tokenizer and model card, as one zip. Transferred. */
  model(run: string): Promise<Uint8Array<ArrayBuffer>>;
  /** @throws InputError for a file that is damaged or none of ours; nothing is changed then. @returns the run's name. */
  import(file: Blob): Promise<string>;
  /** The same of the folder that a cluster trained. @param name of the folder, for messages. */
  importFolder(name: string, files: readonly CollectionFile[]): Promise<string>;
  /** A run's session as the folder that trains it on a cluster, zipped; stage 0 is trained first where its model is not kept. */
  handOver(run: string): Promise<Blob>;
  /** A folder, zipped, that shows the run beside a built page on any static host. @param name of its file. Transferred. */
  publish(run: string, name: string): Promise<Uint8Array<ArrayBuffer>>;
  /** Reads a published run from beside the page, to be looked at alone. @throws InputError for a path that leads elsewhere. */
  visit(path: string): Promise<StoredRun>;
  /** Takes a published run into the list. @returns its name. */
  keep(path: string): Promise<string>;
}

/** Of a model's weights as it leaves the page. */
export type TakenDtype = 'f32' | 'f16' | 'bf16';
/** A run that trained from a model: its adapter alone in PEFT's layout, or the whole model with it merged in. */
export type TakenForm = { as: 'adapter' } | { as: 'model'; dtype: TakenDtype };

/** Models as folders that other programs load, zipped in this origin's storage and never in memory as a whole. */
export interface TakeHomeApi {
  /** @throws InputError where the run's base is not here, or its adapter cannot be told so. */
  run(run: string, form: TakenForm, listener: ModelListener): Promise<Blob>;
  /** A kept model in Hugging Face layout. */
  model(hash: string, dtype: TakenDtype, listener: ModelListener): Promise<Blob>;
  /** Ends it soon; it is rejected then with a CancelledError. */
  cancel(): void;
}

/** What the run on the page has recorded. `run` is the name that `start` gave, so that no answer is of another run. */
export interface RecordsApi {
  /** Steps that there are records of. */
  steps(run: string): Promise<RecordedSteps>;
  /** Recorded groups of completions that a filter lets through, newest step first, a page at a time. */
  traces(run: string, filter: TraceFilter, from: number | null): Promise<TracePage>;
  /** All completions of a query at a step; null where none were kept. Without a kind: whichever there is. */
  traceGroup(run: string, step: number, query: string, kind: TraceKind | null): Promise<TraceGroup | null>;
  /** The greedy completions of a held-out query at each evaluation that kept it, oldest first. */
  traceHistory(run: string, query: string): Promise<TraceGroup[]>;
  /** The graph that stage 2 begins with; null before it. Transferred. */
  graphStart(run: string): Promise<GraphStart | null>;
  /** What a step's refresh did to the graph; null where there was none. */
  refresh(run: string, step: number): Promise<GraphRecord | null>;
  /** The documents in the plane after a step's refresh, or at the graph's start, (N,2); null where none. Transferred. */
  positions(run: string, step: number): Promise<Float32Array<ArrayBuffer> | null>;
  /** Documents `from` … `from + count` of the run's task, as many as there are. */
  documents(run: string, from: number, count: number): Promise<DocumentCard[]>;
}

/** The model of the run on the page, asked as it stands now; during a run, between two steps. */
export interface ModelApi {
  search(query: string, topK: number): Promise<SearchAnswer>;
  document(index: number): Promise<DocumentCard>;
  /** The documents in a plane with their neighbours, as the model embeds them now. Transferred. */
  map(run: string): Promise<DocumentMap>;
  /** A few queries of the task that the run holds out, to try the search with. */
  examples(count: number): Promise<string[]>;
  /** Steps whose model can still be asked, ascending. */
  steps(run: string): Promise<number[]>;
  /** Rank while thinking, computed now: of a recorded completion, or of what a model writes for a query. */
  think(run: string, request: ThinkRequest): Promise<Thinking>;
}

type Groups = Omit<LabApi, 'open' | 'ping'>;
type Calls<Api> = {
  [Name in keyof Api]: Api[Name] extends (...args: infer Args) => infer Answer
    ? (...args: Args) => Promise<Awaited<Answer>>
    : never;
};

/** The page's side of it: the same calls, every one of which settles, and what becomes of the worker. */
export type LabClient = { readonly [Name in keyof Groups]: Calls<Groups[Name]> } & {
  /** Resolves with the reason once the worker is dead; every pending call has been rejected with it by then. */
  readonly death: Promise<string>;
  /** Ends the worker. */
  close(): void;
};

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
