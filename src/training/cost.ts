import type { Architecture } from '../config/architecture';
import { evaluationSteps } from '../config/evaluation-steps';
import type { Session } from '../config/session';
import { planStages, totalSteps } from '../config/stages';
import { plannedGpu } from '../gpu/planned';
import { Model } from '../model/model';
import { NextToken } from '../objectives/next-token';
import type { StageName } from '../records/records';
import { NO_DATA, type TaskData } from '../tasks/task-data';
import { evaluatorOf, type Evaluator } from './evaluate';
import { FrozenModel } from './frozen-model';
import { checkBase, modelOf, taskOf, tokensOf, type Base } from './base';
import { armsOf } from './session-arms';
import { STAGE_KINDS } from './stages/kinds';
import { isTaught, teachingBytes, type Teacher } from './teacher';
import { Sentences } from './stages/pretrain-batch';
import { SILENT_STAGE } from './silent';
import { TrainStep } from './train-step';

export interface Cost {
  parameters: number;
  /**
   * Bytes on the GPU at the stage that takes most: weights, gradients, moments, activations, losses, recorded programs, the
   * frozen base of a KL term, stage 2's generator with its caches, encoder and reference, and the evaluator from its first
   * use on; a teacher before that, where one is given. Not what lives for one call alone: copies being read back, the exact search of an audit.
   */
  gpuBytes: number;
  steps: number;
  /** Content hash of the task: its documents, queries and judgements. */
  taskHash: string;
  /** The most tokens that one step of each stage processes. */
  tokensPerStep: Partial<Record<StageName, number>>;
}

/**
 * Computes what a session would take, without a device: everything that a run makes is made, by the same constructors,
 * on a GPU that holds nothing and counts.
 * @param gpu that counting GPU, for callers that read from it which kernels were requested.
 */
export async function sessionCost(
  session: Session,
  data: TaskData = NO_DATA,
  base: Base | null = null,
  teacher: Teacher | null = null,
  gpu = plannedGpu(),
): Promise<Cost> {
  checkBase(session, base);
  const task = taskOf(session, { files: data, base });
  const tokens = tokensOf(session, task, base);
  const world = { session, task, tokens, sentences: new Sentences(task, tokens) };
  const model = modelOf(gpu, session, task, base);
  const frozen = new FrozenModel(model);
  let evaluator: Evaluator | null = null;
  const search = () => (evaluator ??= evaluatorOf(model, world));
  const evaluations = evaluationSteps(session);
  const reasoning = armsOf(session).during.includes('reasoning');
  const tokensPerStep: Cost['tokensPerStep'] = {};
  // A teacher reads before the first step.
  let gpuBytes = teacher && isTaught(session) ? gpu.counters.liveBytes + (await teachingBytes(teacher)) : 0;
  for (const { stage: name, firstStep, steps } of planStages(session)) {
    tokensPerStep[name] = STAGE_KINDS[name].tokens(world);
    const stage = STAGE_KINDS[name].create({
      ...world,
      gpu,
      model,
      frozen,
      teacher: null,
      observer: SILENT_STAGE,
      search,
    });
    await stage.record();
    const isEvaluated = evaluations.some((step) => step >= firstStep && step < firstStep + steps);
    if (isEvaluated || (name === 'grpo' && session.grpo.gate)) await search().ready({ reasoning });
    gpuBytes = Math.max(gpuBytes, gpu.counters.liveBytes);
    stage.destroy();
  }
  return {
    parameters: model.table.parameters,
    gpuBytes,
    steps: totalSteps(session),
    taskHash: task.hash,
    tokensPerStep,
  };
}

/**
 * Bytes on the GPU for training a model from scratch in steps of `tokens` tokens, its recorded programs left out.
 * @param activations whether a step keeps them for its backward pass, or computes them again there.
 */
export function trainingBytes(
  architecture: Architecture,
  tokens: number,
  activations: Session['model']['activations'],
): number {
  const gpu = plannedGpu();
  const model = new Model(gpu, architecture);
  const lm = new NextToken(model, { name: 'lm', targets: tokens, weight: 1 });
  // How it updates takes no memory of its own.
  const optimiser = { beta1: 0, beta2: 0, eps: 1, weightDecay: 0, maxNorm: 1 };
  new TrainStep(gpu, model, tokens, [lm], optimiser, activations);
  return gpu.counters.liveBytes;
}
