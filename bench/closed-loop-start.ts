/** The model that all closed-loop measurements start from: Kin with 96 topics after stage 1, trained once. */
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { parseSession } from '../src/config/parse-session';
import { presetSession } from '../src/config/presets';
import type { PartialSession, Session } from '../src/config/session';
import type { Gpu } from '../src/gpu/gpu';
import { sha256 } from '../src/lib/hash';
import { readRunState, writeRunState } from '../src/training/run-state-file';
import { SessionRun, type RunState } from '../src/training/session-run';
import { SILENT } from '../src/training/silent';
import { isSmall } from './small';

export const FOLDER = 'runs/closed-loop';
const SMALL: PartialSession = isSmall
  ? {
      task: { topics: 8, entities: 32 },
      pretrain: { steps: 4 },
      sft: { steps: 4 },
      grpo: { steps: 4, gate: false, batch_size: 4 },
    }
  : {};

export type Environment = NonNullable<PartialSession['environment']>;

/** kin-stress, with other settings of stage 2 and of the environment. */
export function closedLoopSession(grpoSettings: PartialSession['grpo'], settings: Environment): Session {
  const base = presetSession('kin-stress');
  if (!base) throw new Error('the preset kin-stress is gone');
  const { task, pretrain, sft, grpo, environment, checkpoint } = base;
  const merged = {
    task: { ...task, ...SMALL.task },
    pretrain: { ...pretrain, ...SMALL.pretrain },
    sft: { ...sft, ...SMALL.sft },
    grpo: { ...grpo, ...grpoSettings, ...SMALL.grpo },
    environment: { ...environment, audit_every: 2, rank_every: 0, ...settings },
    // Nothing but stage 2 is measured here.
    evaluation: { every: 0, queries_per_depth: 1 },
    checkpoint: { ...checkpoint, every: 0 },
  };
  return parseSession(merged, 'closed loop');
}

/** The model after stage 1: read where it was trained before. */
export async function stageOne(gpu: Gpu): Promise<RunState> {
  mkdirSync(FOLDER, { recursive: true });
  const path = `${FOLDER}/start.safetensors`;
  const session = closedLoopSession({}, { policy: 'none' });
  const key = sha256(JSON.stringify([session.task, session.model, session.pretrain, session.sft, session.seed]));
  if (existsSync(path)) return readRunState(readFileSync(path), key, path);
  const last = session.pretrain.steps + session.sft.steps;
  let state: RunState | undefined;
  const checkpoint = (told: RunState): Promise<void> => {
    state = told;
    return Promise.resolve();
  };
  const run = new SessionRun(gpu, session, { ...SILENT, checkpoint });
  while (run.step < last) {
    await run.advance(last - run.step);
    if (run.step % 50 === 0) process.stderr.write(`stage 0 and 1: ${run.step} of ${last}\n`);
  }
  run.destroy();
  if (state?.step !== last) throw new Error('stage 1 left no checkpoint');
  writeFileSync(`${path}.part`, writeRunState(state, key));
  renameSync(`${path}.part`, path);
  return state;
}
