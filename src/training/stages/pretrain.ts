import { Random } from '../../lib/philox';
import { NextToken } from '../../objectives/next-token';
import { term } from '../../objectives/objective';
import { BatchBuilder } from '../batch-builder';
import { partTokens } from '../../model/batch-parts';
import { pretrainBatch } from './pretrain-batch';
import type { Stage, StageContext, World } from './stage';
import { SupervisedStage } from './supervised';

/** The most tokens of a batch of stage 0, and the most that are computed at once. */
export function pretrainCapacity({ session: { pretrain, model }, sentences: { longest } }: World) {
  const tokens = pretrain.batch_size * longest;
  return { tokens, atOnce: partTokens(tokens, longest, model.micro_batches) };
}

/** Stage 0: next-token prediction on the task's sentences. */
export function pretrainStage(context: StageContext): Stage {
  const { pretrain, seed } = context.session;
  const { tokens, atOnce } = pretrainCapacity(context);
  const lm = new NextToken(context.model, { name: 'lm', targets: atOnce, weight: 1 });
  const batch = (t: number) => {
    const random = new Random(seed, 'pretrain', t);
    const { sequences, lm: targets } = pretrainBatch(
      new BatchBuilder(),
      context.sentences,
      pretrain.batch_size,
      random,
    );
    return { sequences, terms: [term(lm, targets)] };
  };
  return new SupervisedStage(context, 'pretrain', { tokens, atOnce, objectives: [lm], batch });
}
