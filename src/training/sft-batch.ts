import type { Session } from '../config/session';
import type { Random } from '../lib/philox';
import type { Task, TaskQuery } from '../tasks/task';
import { BatchBuilder, DocumentRows, TargetBuilder } from './batch-builder';
import type { Sentences } from './pretrain-batch';
import type { StepBatch } from './step-batch';
import type { TaskTokens } from './task-tokens';

/** What a query is made to write before the embed token. */
export type AnswerMode = 'reasoning' | 'direct' | 'filler';

/** Prompt and answer of a query; the answer starts at `from`. */
export function supervisedSequence(
  tokens: TaskTokens,
  query: TaskQuery,
  mode: AnswerMode,
): { ids: number[]; from: number } {
  const prompt = tokens.prompt(query.text, mode === 'direct' ? 'direct' : 'think');
  const trace = tokens.encode(query.trace);
  const answer = { reasoning: trace, direct: [], filler: trace.map(() => tokens.filler) }[mode];
  return { ids: [...prompt, ...answer, tokens.embed], from: prompt.length };
}

/** Depths that a stage-1 step draws from: all, or with a curriculum 1, then 1 and 2, then all, a third of the steps each. */
export function depthsAt(sft: Session['sft'], maxDepth: number, t: number): number {
  if (!sft.curriculum) return maxDepth;
  const third = Math.floor((3 * (t - 1)) / Math.max(1, sft.steps));
  return third === 0 ? 1 : third === 1 ? Math.min(2, maxDepth) : maxDepth;
}

/**
 * One batch of stage 1: queries with their answers, the documents they should find and hard negatives, and replayed facts.
 * Few topics a batch (`topics_per_batch`): with too many, telling topics apart is enough; with too few, topics are ignored.
 */
export function sftBatch(
  task: Task,
  tokens: TaskTokens,
  sentences: Sentences,
  sft: Session['sft'],
  t: number,
  random: Random,
): StepBatch {
  const batch = new BatchBuilder();
  const answers = new TargetBuilder();
  const documents = new DocumentRows(batch, (row) => tokens.document(row));
  const topics = random.shuffle([...task.topics.keys()]).slice(0, sft.topics_per_batch);
  const depths = depthsAt(sft, task.maxDepth, t);
  const modes: readonly AnswerMode[] = sft.mode === 'both' ? ['reasoning', 'direct'] : [sft.mode];
  const pairs: { row: number; positive: number; negative: number }[] = [];
  for (let i = 0; i < sft.batch_size; i++) {
    // Without traces there is nothing that only some queries have: a direct model sees every training query.
    const supervised = sft.mode === 'reasoning' || sft.mode === 'both';
    const topic = topics.length > 0 ? topics[random.integer(topics.length)] : undefined;
    const query = task.sampleQuery(1 + random.integer(depths), supervised, random.uniform, topic);
    const positive = documents.add(query.relevant[0]!.document);
    // Drawn, so that a batch has wrong topics as well as wrong entities: with one kind alone the other is never learnt.
    const negatives = random
      .shuffle([...query.hardNegatives])
      .slice(0, sft.hard_negatives)
      .map((row) => documents.add(row));
    for (const mode of modes) {
      const { ids, from } = supervisedSequence(tokens, query, mode);
      const start = batch.add(ids);
      answers.learn(ids, start, from);
      // Without hard negatives the triplet term has nothing to push away; its weight is 0 then.
      pairs.push({ row: start + ids.length - 1, positive, negative: negatives[0] ?? positive });
    }
  }
  const replay = sft.replay_weight > 0;
  const lm = replay ? sentences.draw(batch, sft.replay_batch_size, sft.replay_weight, random, true) : undefined;
  return batch.finish({
    sft: answers.finish(sft.weight_sft),
    contrastive: documents.finish(pairs),
    ...(lm ? { lm } : {}),
  });
}
