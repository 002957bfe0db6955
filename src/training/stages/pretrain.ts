import { Random } from '../../lib/philox';
import { NextToken } from '../../objectives/next-token';
import { term } from '../../objectives/objective';
import { BatchBuilder } from '../batch-builder';
import { pretrainBatch } from './pretrain-batch';
import type { Stage, StageContext, World } from './stage';
import { SupervisedStage } from './supervised';

/** The most that a batch holds. */
export const pretrainCapacity = ({ session: { pretrain }, sentences }: World): { tokens: number } => ({
  tokens: pretrain.batch_size * sentences.longest,
});

/** Stage 0: next-token prediction on the task's sentences. */
export function pretrainStage(context: StageContext): Stage {
  const { pretrain, seed } = context.session;
  const { tokens } = pretrainCapacity(context);
  const lm = new NextToken(context.model, { name: 'lm', targets: tokens, weight: 1 });
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
  return new SupervisedStage(context, 'pretrain', { tokens, objectives: [lm], batch });
}
