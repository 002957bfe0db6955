import { Random } from '../../lib/philox';
import { answersObjective } from '../../objectives/answers';
import { Contrastive } from '../../objectives/contrastive';
import { term } from '../../objectives/objective';
import { longestSequences, tokensAtOnce } from '../longest-sequences';
import { sftBatch } from './sft-batch';
import { isTaught } from '../teacher';
import type { Stage, StageContext, World } from './stage';
import { replayOf, SupervisedStage } from './supervised';

/** The most that a batch of stage 1 holds: tokens, tokens computed at once, and what each objective learns of them. */
export function sftCapacity(world: World) {
  const { session, tokens, sentences } = world;
  const { sft } = session;
  const { query, answer, document } = longestSequences(session, tokens);
  const queries = sft.batch_size * (sft.mode === 'both' ? 2 : 1);
  const documents = sft.batch_size * (1 + sft.hard_negatives);
  const replay = sft.replay_weight > 0 ? sft.replay_batch_size * sentences.longest : 0;
  const most = queries * (query + answer) + documents * document + replay;
  const atOnce = tokensAtOnce(world, most, replay > 0);
  return {
    tokens: most,
    atOnce,
    answers: Math.min(queries * answer, atOnce),
    queries,
    documents,
    replay: Math.min(replay, atOnce),
  };
}

/**
 * Stage 1: answers, contrastive terms, KL to the model that the stage begins with, a teacher's ranking, replayed facts.
 */
export function sftStage(context: StageContext): Stage {
  const { model, session, task, tokens, sentences, frozen, teacher } = context;
  const { sft, seed } = session;
  const most = sftCapacity(context);
  const hasKl = sft.weight_kl > 0;
  const answers = answersObjective(model, {
    targets: most.answers,
    weight: sft.weight_sft,
    kl: hasKl ? { weight: sft.weight_kl, base: frozen.model, tokens: most.atOnce } : null,
  });
  const contrastive = new Contrastive(model, {
    queries: most.queries,
    documents: most.documents,
    infonce: { weight: sft.weight_infonce, temperature: sft.temperature },
    // Without hard negatives it has nothing to push away.
    triplet: { weight: sft.hard_negatives > 0 ? sft.weight_triplet : 0, margin: sft.margin },
    ...(isTaught(session)
      ? { distil: { weight: sft.weight_distil, teacherTemperature: sft.teacher_temperature } }
      : {}),
  });
  const replay = replayOf(model, most.replay, sft.replay_weight);
  const batch = (t: number) => {
    const learnt = sftBatch(task, tokens, sentences, sft, t, new Random(seed, 'sft', t), teacher);
    const terms = [term(answers, learnt.answers), term(contrastive, learnt.contrastive)];
    if (replay && learnt.replay) terms.push(term(replay, learnt.replay));
    return { sequences: learnt.sequences, terms };
  };
  const objectives = [answers, contrastive, ...(replay ? [replay] : [])];
  const begin = async () => {
    if (hasKl) await frozen.take();
  };
  return new SupervisedStage(context, 'sft', { ...most, objectives, batch, begin });
}
