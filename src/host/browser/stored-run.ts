import type { Ancestors } from '../../config/ancestors';
import type { Session } from '../../config/session';
import type { ErrorData } from '../../lib/errors';
import type { StagePlan } from '../../config/stages';
import type { Claim } from '../../records/claim';
import type { Evaluation } from '../../records/records';

/** The name and notes that the user gives a run. */
export interface RunNames {
  title: string;
  notes: string;
  tags: string[];
}

/** A run that this browser keeps. */
export interface StoredRun extends RunNames {
  id: string;
  /** Bytes on the disk. */
  bytes: number;
  /** Milliseconds since 1970. */
  created: number;
  updated: number;
  /** The run's state. `held`: a tab has it open and may be running it. */
  state: 'held' | 'interrupted' | 'finished' | 'stopped' | 'failed' | 'unreadable';
  /** The reason why it failed, or cannot be read; null where there is none. */
  error: ErrorData | null;
  /** Summary of the run; null where it cannot be read. */
  run: RunSummary | null;
}

export interface RunSummary {
  session: Session;
  totalSteps: number;
  /** The run's plan; null until it has begun. */
  plan: RunPlan | null;
  /** Steps after which a state was kept; the run can continue from the last. */
  checkpoints: number[];
  /** Time spent training and evaluating, pauses left out. */
  spentMs: number;
  adapter: string;
  evaluation: Evaluation | null;
  /** The fingerprint of all steps; null until it is finished. */
  fingerprint: string | null;
  /** See `config/numerics.ts`. */
  numerics: number;
  claim: Claim | null;
  /** The ancestors of a fork, the oldest first; empty for a run that is no fork. */
  ancestors: Ancestors;
  group: string | null;
  /** Number of runs in its group once all have run; 0 where it has no group. */
  groupSize: number;
  /** Held-out nDCG@10 over the run, or its loss where it was not evaluated yet. */
  curve: number[];
}

export interface RunPlan {
  stages: StagePlan[];
  totalSteps: number;
  documents: number;
  parameters: number;
  vocabulary: number;
}
