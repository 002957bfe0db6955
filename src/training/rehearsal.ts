import type { Session } from '../config/session';
import { planStages } from '../config/stages';
import { RehearsedGpu, type Rehearsed } from '../gpu/rehearsed';
import { Random } from '../lib/philox';
import { Generator } from '../model/generator';
import type { StageName } from '../records/records';
import { NO_DATA, type TaskData } from '../tasks/task-data';
import { modelOf, taskOf, tokensOf, type Base } from './base';
import { FrozenModel } from './frozen-model';
import { adamwSettings } from './schedule';
import { GrpoBatches, grpoCapacity } from './stages/grpo-batch';
import { drawQueries, type Rollout } from './stages/grpo-rollout';
import { STAGE_KINDS } from './stages/kinds';
import { Sentences } from './stages/pretrain-batch';
import { SILENT_STAGE } from './silent';
import type { StageContext } from './stages/stage';
import { batchTokens as tokensOfBatch, TrainStep } from './train-step';

/** One step of a stage as it would run: its dispatches, and the number of tokens that its update takes. */
export interface RehearsedStep {
  stage: StageName;
  tokens: number;
  dispatches: Rehearsed[];
}

const never = (): never => {
  throw new Error('a rehearsal evaluates nothing');
};

/**
 * Records the first step of each stage of a session on a GPU that computes nothing: its real batch, through the
 * programs that a run records on hardware. In stage 2 every completion has its full length, and the documents that a
 * refresh embeds are left out, because both depend on what the model writes.
 * @param vendor the hardware's, as WebGPU names it: kernels choose their shape by it.
 */
export async function rehearse(
  session: Session,
  vendor: string,
  data: TaskData = NO_DATA,
  base: Base | null = null,
): Promise<RehearsedStep[]> {
  const gpu = new RehearsedGpu(vendor);
  const task = taskOf(session, { files: data, base });
  const tokens = tokensOf(session, task, base);
  const world = { session, task, tokens, sentences: new Sentences(task, tokens) };
  const model = modelOf(gpu, session, task, base);
  const frozen = new FrozenModel(model);
  const context: StageContext = { ...world, gpu, model, frozen, teacher: null, observer: SILENT_STAGE, search: never };
  const steps: RehearsedStep[] = [];
  for (const { stage: name } of planStages(session)) {
    if (name === 'grpo') {
      steps.push(await rehearsePolicy(gpu, context));
      continue;
    }
    const stage = STAGE_KINDS[name].create(context);
    await stage.record();
    gpu.take();
    await stage.run(1);
    const [measured] = await stage.flush();
    steps.push({ stage: name, tokens: Number(measured?.tokens), dispatches: gpu.take() });
    stage.destroy();
  }
  return steps;
}

async function rehearsePolicy(gpu: RehearsedGpu, context: StageContext): Promise<RehearsedStep> {
  const { session, model, tokens: words } = context;
  const { grpo, seed } = session;
  const { tokens, atOnce, prompts: promptTokens, completions: sequences } = grpoCapacity(context);
  const length = grpo.max_completion_length;
  const generator = new Generator(model, { promptTokens, sequences, maxTokens: length });
  const batches = new GrpoBatches(context);
  const { activations, numerics } = session.model;
  const optimiser = adamwSettings(grpo);
  const step = new TrainStep(gpu, model, tokens, batches.objectives, optimiser, activations, atOnce, numerics);
  await step.record();
  const random = new Random(seed, 'grpo', 1);
  const queries = drawQueries(context, random);
  const prompts = queries.map(({ text }) => words.prompt(text, 'think'));
  const { top_k, top_p, temperature } = grpo;
  const options = { maxTokens: length, stopToken: null, temperature, top_k, top_p, seed, stream: 'grpo', step: 1 } as const; // prettier-ignore
  gpu.take();
  await generator.generate(prompts, grpo.num_generations, options);
  const size = grpo.num_generations;
  const ids = Array.from({ length }, () => words.embed);
  const zeros = Array.from({ length }, () => 0);
  const owners = Array.from({ length: sequences }, (_, i) => Math.floor(i / size));
  const rollout: Rollout = {
    queries,
    completions: owners.map((owner) => ({
      ids,
      logprobs: zeros,
      entropies: zeros,
      query: queries[owner]!,
      prompt: prompts[owner]!,
    })),
    searches: owners.map((owner, i) => ({
      query: queries[owner]!.text,
      completion: i % size,
      embedding: new Float32Array(model.architecture.hidden_size),
      relevant: queries[owner]!.relevant,
    })),
  };
  const rewards = owners.map(() => 1);
  const begun = batches.begin(rollout);
  const batch = await batches.finish(begun, rollout, rewards, new Float32Array(sequences), random);
  step.run(batch, 0, 1, grpo.num_iterations);
  const dispatches = gpu.take();
  for (const part of [generator, batches, step]) part.destroy();
  return { stage: 'grpo', tokens: tokensOfBatch(batch), dispatches };
}
