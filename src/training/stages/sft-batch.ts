import type { Session } from '../../config/session';
import type { Random } from '../../lib/philox';
import type { ContrastiveTargets } from '../../objectives/contrastive';
import type { TokenTargets } from '../../objectives/token-rows';
import type { Task, TaskQuery } from '../../tasks/task';
import { BatchBuilder, DocumentRows, TargetBuilder } from '../batch-builder';
import type { Sentences } from './pretrain-batch';
import { teacherScores, type TeacherVectors } from '../teacher';
import type { TaskTokens } from '../task-tokens';

/**
 * The text that a query is trained to be followed by, before the embed token: its reasoning, nothing, or filler tokens.
 */
export type AnswerMode = 'reasoning' | 'direct' | 'filler';

/** Prompt and answer of a query; the answer starts at `from`. */
export function supervisedSequence(
  tokens: TaskTokens,
  query: TaskQuery,
  mode: AnswerMode,
): { ids: number[]; from: number } {
  const prompt = tokens.prompt(query.text, mode === 'direct' ? 'direct' : 'think');
  const trace = tokens.answer(query.trace);
  const answer = { reasoning: trace, direct: [], filler: trace.map(() => tokens.filler) }[mode];
  return { ids: [...prompt, ...answer, tokens.embed], from: prompt.length };
}

/** Depths that a stage-1 step draws from: all, or with a curriculum 1, then 1 and 2, then all, a third of the steps each. */
export function depthsAt(sft: Session['sft'], maxDepth: number, t: number): number {
  if (!sft.curriculum) return maxDepth;
  const third = Math.floor((3 * (t - 1)) / Math.max(1, sft.steps));
  return third === 0 ? 1 : third === 1 ? Math.min(2, maxDepth) : maxDepth;
}

/** Share of the steps in which only the first topics are drawn, and by which all are drawn. */
const TOPIC_POOL = { first: 0.2, all: 0.5 };

/**
 * The topics that a stage-1 step draws from: as many as a batch has at first, growing to all by the middle of the
 * stage. That a topic matters at all is only learnt from few topics seen often; after that, new ones are easy
 * (docs/decisions/topics.md).
 */
export function topicPool({ topics }: Task, sft: Session['sft'], t: number): number {
  const done = (t - 1) / Math.max(1, sft.steps);
  const grown = (done - TOPIC_POOL.first) / (TOPIC_POOL.all - TOPIC_POOL.first);
  const least = Math.min(topics.length, sft.topics_per_batch);
  return Math.round(least + (topics.length - least) * Math.min(1, Math.max(0, grown)));
}

/** The sequences and terms of a step of stage 1. */
export interface SftBatch {
  sequences: readonly (readonly number[])[];
  answers: TokenTargets;
  contrastive: ContrastiveTargets;
  /** Replayed facts; absent where none are replayed. */
  replay?: TokenTargets;
  /** What a teacher ranks: for each pair the place of its text in `Task.taught`, and the documents' rows, by column. */
  ranked: { asked: readonly number[]; documents: readonly number[] };
}

/**
 * Draws one batch of stage 1: queries with their answers, the documents they should find and hard negatives, and
 * replayed facts. It has few topics (`topics_per_batch`): with too many, telling topics apart is enough; with too few,
 * topics are ignored.
 * @param teacher its scores of the batch are learnt, too.
 */
export function sftBatch(
  task: Task,
  tokens: TaskTokens,
  sentences: Sentences,
  sft: Session['sft'],
  t: number,
  random: Random,
  teacher: TeacherVectors | null = null,
): SftBatch {
  const batch = new BatchBuilder();
  const answers = new TargetBuilder();
  const documents = new DocumentRows(batch, (row) => tokens.document(row));
  const topics = random.shuffle([...Array(topicPool(task, sft, t)).keys()]).slice(0, sft.topics_per_batch);
  const depths = depthsAt(sft, task.maxDepth, t);
  const modes: readonly AnswerMode[] = sft.mode === 'both' ? ['reasoning', 'direct'] : [sft.mode];
  const pairs: { row: number; positive: number; negative: number }[] = [];
  const asked: number[] = [];
  for (let i = 0; i < sft.batch_size; i++) {
    // Without traces there is nothing that only some queries have: a direct model sees every training query.
    const supervised = sft.mode === 'reasoning' || sft.mode === 'both';
    const topic = topics.length > 0 ? topics[random.integer(topics.length)] : undefined;
    const query = task.sampleQuery(1 + random.integer(depths), supervised, random.uniform, topic);
    const found = query.relevant[0]!.document;
    const passage = query.passage === undefined ? undefined : tokens.passage(query.passage);
    const positive = documents.add(found, passage);
    const negatives = drawNegatives(task, query, sft.hard_negatives, random).map((row) => documents.add(row));
    const negative = negatives.length > 0 ? negatives[random.integer(negatives.length)]! : positive;
    for (const mode of modes) {
      const { ids, from } = supervisedSequence(tokens, query, mode);
      const start = batch.add(ids);
      answers.learn(ids, start, from);
      // Without hard negatives the triplet term has nothing to push away; its weight is 0 then.
      pairs.push({ row: start + ids.length - 1, positive, negative });
      if (query.taught !== undefined) asked.push(query.taught);
    }
  }
  const ranked = { asked, documents: documents.documents };
  return {
    sequences: batch.sequences,
    answers: answers.finish(sft.weight_sft),
    contrastive: {
      ...documents.finish(pairs),
      ...(teacher ? { teacher: teacherScores(teacher, ranked.asked, ranked.documents) } : {}),
    },
    ranked,
    ...(sft.replay_weight > 0
      ? { replay: sentences.draw(batch, sft.replay_batch_size, sft.replay_weight, random, true) }
      : {}),
  };
}

/**
 * Draws hard negatives of a query, by turns of a wrong topic and of a wrong answer: with only one kind, the difference
 * that the other kind shows is never learnt. A single negative is of either kind.
 */
function drawNegatives(task: Task, query: TaskQuery, count: number, random: Random): number[] {
  const right = task.documents[query.relevant[0]!.document]!.group;
  const drawn = random.shuffle([...query.hardNegatives]);
  const isOff = (row: number) => task.documents[row]!.group !== right;
  const kinds = [drawn.filter(isOff), drawn.filter((row) => !isOff(row))];
  const first = count === 1 ? random.integer(2) : 0;
  return Array.from(
    { length: count },
    (_, i) => kinds[(first + i) % 2]!.pop() ?? kinds[(first + i + 1) % 2]!.pop(),
  ).filter((row) => row !== undefined);
}
