import type { StageName as StageName } from '../../config/stages';
import { grpoCapacity } from './grpo-batch';
import { GrpoStage } from './grpo';
import { pretrainCapacity, pretrainStage } from './pretrain';
import { sftCapacity, sftStage } from './sft';
import type { Stage, StageContext, World } from './stage';

export interface StageKind {
  create(context: StageContext): Stage;
  /** The most tokens of one step. */
  tokens(world: World): number;
}

/** How each stage of `STAGES` is made, and its most tokens a step. */
export const STAGE_KINDS: Readonly<Record<StageName, StageKind>> = {
  pretrain: { create: pretrainStage, tokens: (world) => pretrainCapacity(world).tokens },
  sft: { create: sftStage, tokens: (world) => sftCapacity(world).tokens },
  grpo: { create: (context) => new GrpoStage(context), tokens: (world) => grpoCapacity(world).tokens },
};
