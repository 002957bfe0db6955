import { placeOf, STAGE_LABELS, stepWords } from '../config/stages';
import type { RunPlan, VocabularyProgress } from '../host/browser/api';
import type { Evaluation, EvaluationPoint, StageName } from '../records/records';
import { withoutReasoning } from './arms';
import { formatBytes, formatDuration, formatNumber, formatPercent, formatScore, plural } from './format';

/** The progress of what a run reads before it begins. */
export type ReadingPart =
  /** The run's vocabulary is being learnt. */
  | ({ kind: 'vocabulary' } & VocabularyProgress)
  /** The base model is being read onto the GPU, in bytes. */
  | { kind: 'base'; done: number; of: number }
  /** The teacher is embedding the documents, in texts. */
  | { kind: 'teacher'; done: number; of: number };

export interface RunFacts {
  status: 'ready' | 'preparing' | 'running' | 'paused' | 'finished' | 'stopped' | 'failed' | 'interrupted';
  plan: RunPlan | null;
  /** What the run is reading; null where it reads nothing. */
  reading: ReadingPart | null;
  step: number;
  stage: StageName | null;
  loss: number | undefined;
  firstLoss: number | undefined;
  reward: number | undefined;
  latest: EvaluationPoint | undefined;
  evaluation: Evaluation | null;
  spentMs: number;
}

/** A sentence on what is running, with numbers. */
export function runSentence(facts: RunFacts): string {
  switch (facts.status) {
    case 'ready':
      return 'Nothing has run yet.';
    case 'preparing':
      if (facts.reading === null) {
        return 'Preparing: the task is written, the shaders are compiled, the weights are drawn.';
      }
      return readingSentence(facts.reading);
    case 'running':
      return isTrained(facts)
        ? `All ${plural(facts.step, 'step')} are done; the final evaluation goes on.${found(facts)}`
        : `${where(facts)}${found(facts)}`;
    case 'paused':
      return `Paused. ${where(facts)}${found(facts)}`;
    case 'stopped':
      return `Stopped after ${plural(facts.step, 'step')}.${found(facts)}`;
    case 'interrupted':
      return `Interrupted after ${plural(facts.step, 'step')}.${found(facts)}`;
    case 'failed':
      return facts.step > 0 ? `The run failed after ${plural(facts.step, 'step')}.` : 'The run failed before it began.';
    case 'finished':
      return `Finished: ${plural(facts.step, 'step')} in ${formatDuration(facts.spentMs)}. ${result(facts)}`;
  }
}

function readingSentence(reading: ReadingPart): string {
  const { done, of } = reading;
  if (reading.kind === 'vocabulary') return learningSentence(reading);
  if (reading.kind === 'base') return `Preparing: the base model is read, ${formatBytes(done)} of ${formatBytes(of)}.`;
  return `Preparing: the teacher reads the documents, ${done.toLocaleString('en')} of ${of.toLocaleString('en')} texts.`;
}

const learningSentence = ({ what, done, of }: VocabularyProgress): string => {
  const count = `${done.toLocaleString('en')} of ${of.toLocaleString('en')}`;
  const said = {
    texts: `the documents are read for their vocabulary, ${count}`,
    merges: `the vocabulary is learnt from the documents, ${count} merges`,
    encoded: `the documents are written in their vocabulary, ${count}`,
  };
  return `Preparing: ${said[what]}.`;
};

const isTrained = ({ plan, step }: RunFacts): boolean => plan !== null && step > 0 && step >= plan.totalSteps;

function where({ plan, step, stage, loss, firstLoss, reward }: RunFacts): string {
  const place = plan && placeOf(plan.stages, Math.max(1, step));
  if (!place) return 'The run has begun.';
  const name = stage ?? place.plan.stage;
  const { doing } = STAGE_LABELS[name];
  const words = stepWords(plan.stages, Math.max(1, step));
  const head = `${words.charAt(0).toUpperCase()}${words.slice(1)}: ${doing}.`;
  if (name === 'grpo' && reward !== undefined) return `${head} Mean reward ${formatNumber(reward)}.`;
  if (loss === undefined) return head;
  const fell = firstLoss !== undefined && firstLoss > loss ? `, down from ${formatNumber(firstLoss)}` : '';
  return `${head} Loss ${formatNumber(loss)}${fell}.`;
}

function found({ latest }: RunFacts): string {
  if (!latest) return '';
  const { reasoning } = latest.arms;
  const other = withoutReasoning(latest.arms);
  const share = (value: number): string => formatPercent(value);
  if (reasoning && other) {
    return ` At step ${latest.step}, reasoning finds the right document first in ${share(reasoning.success_1)} of held-out queries; without it, ${share(other.success_1)}.`;
  }
  const only = reasoning ?? other;
  return only
    ? ` At step ${latest.step}, the right document comes first in ${share(only.success_1)} of held-out queries.`
    : '';
}

function result({ evaluation, latest }: RunFacts): string {
  const arms = evaluation?.test ?? evaluation?.dev ?? latest?.arms;
  if (!arms) return '';
  const which = evaluation?.test ? 'test' : 'held-out';
  const { reasoning, bm25 } = arms;
  const other = withoutReasoning(arms);
  const words = bm25 ? `; BM25 reaches ${formatScore(bm25.ndcg_cut_10)}` : '';
  if (reasoning && other) {
    return `On ${which} queries nDCG@10 is ${formatScore(reasoning.ndcg_cut_10)} with reasoning and ${formatScore(other.ndcg_cut_10)} without${words}.`;
  }
  const only = reasoning ?? other;
  return only ? `On ${which} queries nDCG@10 is ${formatScore(only.ndcg_cut_10)}${words}.` : '';
}
