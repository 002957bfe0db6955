import { sessionArchitecture } from '../config/session-checks';
import type { Architecture } from '../config/architecture';
import type { Session } from '../config/session';
import { planStages } from '../config/stages';
import { TensorTable } from '../tensors/table';
import type { Stage } from '../records/records';
import { createTask } from '../tasks/registry';
import { NO_DATA, type TaskData } from '../tasks/task-data';
import { Sentences } from './stages/pretrain-batch';
import { STAGE_KINDS } from './stages/kinds';
import { TaskTokens } from './task-tokens';

export interface Cost {
  parameters: number;
  /** Bytes on the GPU: weights, gradients, moments and the largest stage's activations. */
  gpuBytes: number;
  steps: number;
  /** Content hash of the task: its documents, queries and judgements. */
  taskHash: string;
  /** Tokens that one step of each stage processes at the most. */
  tokensPerStep: Partial<Record<Stage, number>>;
}

/** What a session would take, without a device. */
export function sessionCost(session: Session, data: TaskData = NO_DATA): Cost {
  const task = createTask(session.task, session.seed, data);
  const tokens = new TaskTokens(task, session.model.max_position_embeddings);
  const sentences = new Sentences(task, tokens);
  const architecture = sessionArchitecture(session, task.vocabulary.length);
  const { parameters } = new TensorTable(architecture);
  const tokensPerStep: Cost['tokensPerStep'] = {};
  let steps = 0;
  for (const plan of planStages(session)) {
    steps += plan.steps;
    if (plan.stage !== 'grpo')
      tokensPerStep[plan.stage] = STAGE_KINDS[plan.stage].tokens({ session, task, tokens, sentences });
  }
  const most = Math.max(0, ...Object.values(tokensPerStep));
  const gpuBytes = trainingBytes(architecture, most);
  return { parameters, gpuBytes, steps, taskHash: task.hash, tokensPerStep };
}

/** Bytes on the GPU for a model trained from scratch: weights, gradients, moments, and so many tokens' activations. */
export const trainingBytes = (architecture: Architecture, tokens: number): number =>
  4 * (4 * new TensorTable(architecture).parameters + tokens * activationFloats(architecture));

/** Floats that one token leaves for the backward pass and takes in it. */
function activationFloats(a: Architecture): number {
  const { hidden_size: C, intermediate_size: F, num_attention_heads: heads, num_key_value_heads: kv, head_dim: D } = a;
  const qkv = (heads + 2 * kv) * D;
  const layer = 4 * C + qkv + heads * D + heads + 3 * F + 2;
  return a.num_hidden_layers * layer + 6 * C + 3 * F + 2 * qkv + 2 * a.vocab_size;
}
