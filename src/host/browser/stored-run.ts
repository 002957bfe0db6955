import type { Ancestors } from '../../config/ancestors';
import type { Session } from '../../config/session';
import type { ErrorData } from '../../lib/errors';
import type { StagePlan } from '../../config/stages';
import type { Claim } from '../../records/claim';
import type { Evaluation } from '../../records/records';

/** What the user says of a run. */
export interface RunNames {
  title: string;
  notes: string;
  tags: string[];
}

/** A run that this browser keeps. */
export interface StoredRun extends RunNames {
  id: string;
  /** On the disk. */
  bytes: number;
  /** Milliseconds since 1970. */
  created: number;
  updated: number;
  /** `held`: a tab has it open and may be running it. */
  state: 'held' | 'interrupted' | 'finished' | 'stopped' | 'failed' | 'unreadable';
  /** Why it ended so, or cannot be read. */
  error: ErrorData | null;
  /** Null where it cannot be read. */
  run: RunSummary | null;
}

export interface RunSummary {
  session: Session;
  totalSteps: number;
  /** Null until it has begun. */
  plan: RunPlan | null;
  /** Steps after which a state was kept; the last can be continued from. */
  checkpoints: number[];
  /** Time spent training and evaluating, pauses left out. */
  spentMs: number;
  adapter: string;
  evaluation: Evaluation | null;
  /** Of all steps; null until it is finished. */
  fingerprint: string | null;
  /** See `config/numerics.ts`. */
  numerics: number;
  claim: Claim | null;
  /** What it is a fork of, the oldest first; empty where it is none. */
  ancestors: Ancestors;
  group: string | null;
  /** How many runs share it once all have run; 0 where nobody said. */
  groupSize: number;
  /** Held-out nDCG@10 over the run, or its loss where there is none yet. */
  curve: number[];
}

export interface RunPlan {
  stages: StagePlan[];
  totalSteps: number;
  documents: number;
  parameters: number;
  vocabulary: number;
}
