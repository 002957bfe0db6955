import type { Task } from '../../tasks/task';
import type { Random } from '../../lib/philox';
import type { BatchBuilder } from '../batch-builder';
import { TargetBuilder } from '../batch-builder';
import type { TokenTargets } from '../../objectives/token-rows';
import type { TaskTokens } from '../task-tokens';

type Kind = Task['corpus'][number]['kind'];

/** Share of each kind of sentence in a stage-0 batch: most are facts, which the model will reason over. */
const SHARES: readonly [Kind, number][] = [
  ['fact', 0.5],
  ['glossary', 0.2],
  ['document', 0.3],
];

/** Stage 0's sentences, drawn by kind. */
export class Sentences {
  private readonly byKind: ReadonlyMap<Kind, readonly (readonly number[])[]>;
  readonly longest: number;
  /** The kind that is replayed: facts, or documents where there are none. */
  private readonly usual: Kind;

  constructor(task: Task, tokens: TaskTokens) {
    const byKind = new Map<Kind, number[][]>(SHARES.map(([kind]) => [kind, []]));
    for (const { text, kind } of task.corpus) byKind.get(kind)?.push(tokens.encode(text));
    this.byKind = byKind;
    this.usual = byKind.get('fact')!.length > 0 ? 'fact' : 'document';
    this.longest = [...byKind.values()].flat().reduce((most, { length }) => Math.max(most, length), 1);
  }

  /**
   * Draws `count` sentences into the batch; `facts` alone for the replay of stages 1 and 2.
   * Of a fact only the last word is learnt: what comes before it is a free choice, and its loss would drown the rest.
   */
  draw(batch: BatchBuilder, count: number, weight: number, random: Random, facts: boolean): TokenTargets {
    const targets = new TargetBuilder();
    for (let i = 0; i < count; i++) {
      const kind = facts ? this.usual : this.kind(random.uniform());
      const sentences = this.byKind.get(kind)!;
      const sentence = sentences[random.integer(sentences.length)]!;
      const start = batch.add(sentence);
      targets.learn(sentence, start, kind === 'fact' ? sentence.length - 1 : 1);
    }
    return targets.finish(weight);
  }

  private kind(u: number): Kind {
    let below = 0;
    for (const [kind, share] of SHARES) {
      below += share;
      if (u < below && this.byKind.get(kind)!.length > 0) return kind;
    }
    return this.usual;
  }
}

/** One batch of stage 0: `size` sentences, each with what is learnt of it. */
export function pretrainBatch(batch: BatchBuilder, sentences: Sentences, size: number, random: Random) {
  const lm = sentences.draw(batch, size, 1, random, false);
  return { sequences: batch.sequences, lm };
}
