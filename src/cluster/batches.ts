import { Random } from '../lib/philox';
import type { TaskQuery } from '../tasks/task';
import { BatchBuilder, type TargetBuilder } from '../training/batch-builder';
import { isTaught } from '../training/teacher';
import { drawQueries } from '../training/stages/grpo-rollout';
import { sftBatch } from '../training/stages/sft-batch';
import type { World } from '../training/stages/stage';

type Targets = Pick<TargetBuilder, 'rows' | 'labels'> | { rows: Uint32Array; labels: Uint32Array };

/** A sequence of token ids; what is learnt of it starts at `from`, null where nothing is. */
interface Sequence {
  ids: readonly number[];
  from: number | null;
}

/** A query that stage 2 samples completions of. */
export interface Prompt {
  id: string;
  text: string;
  ids: readonly number[];
  /** Rows of documents with their grades. */
  relevant: readonly (readonly [document: number, grade: number])[];
  trace: string;
  /** The right reasoning with the embed token. */
  answer: readonly number[];
}

/** A step of stage 1: rows of `sequences`; positives and negatives are places in `documents`. */
interface SftStep {
  step: number;
  queries: [sequence: number, positive: number, negative: number][];
  documents: number[];
  replay: number[];
  /** Rows of the teacher's texts: one for each query, one for each document; absent without a teacher. */
  taught?: { queries: readonly number[]; documents: readonly number[] };
}

/** A step of stage 2: rows of `prompts`, and of `sequences` for what is replayed. */
interface GrpoStep {
  step: number;
  prompts: number[];
  replay: number[];
}

/** Every batch that the stages of a session draw: functions of its seed and the step, so that a cluster sees the same ones. */
export interface Batches {
  sequences: Sequence[];
  prompts: Prompt[];
  sft: SftStep[];
  grpo: GrpoStep[];
  /** Training queries that the batches show, each once. */
  queries: TaskQuery[];
}

/** Things that are written once and then named by their row. */
class Table<Item> {
  readonly items: Item[] = [];
  private readonly rows = new Map<string, number>();

  row(key: string, item: () => Item): number {
    const known = this.rows.get(key);
    if (known !== undefined) return known;
    const row = this.items.length;
    this.rows.set(key, row);
    this.items.push(item());
    return row;
  }
}

/** @returns the batches of stages 1 and 2; `step` counts from 1 within each. */
export function sessionBatches(world: World): Batches {
  const { session, task, tokens, sentences } = world;
  const { sft, grpo, seed } = session;
  const sequences = new Table<Sequence>();
  const prompts = new Table<Prompt>();
  const queries = new Table<TaskQuery>();
  const seen = (query: TaskQuery): void => void queries.row(`${query.id}\n${query.text}`, () => query);
  const watched = {
    ...taskMethods(task),
    sampleQuery: (...args: Parameters<typeof task.sampleQuery>) => {
      const query = task.sampleQuery(...args);
      seen(query);
      return query;
    },
  };
  const keep = ({ ids, from }: Sequence): number =>
    sequences.row(`${from ?? '-'}:${ids.join()}`, () => ({ ids: [...ids], from }));

  const sftSteps = Array.from({ length: sft.steps }, (_, i): SftStep => {
    const t = i + 1;
    const batch = sftBatch(watched, tokens, sentences, sft, t, new Random(seed, 'sft', t));
    const places = new Places(batch.sequences);
    const { queryRows, documentRows, positive, negative } = batch.contrastive;
    const answers = places.starts(batch.answers);
    return {
      step: t,
      queries: Array.from(queryRows, (row, q) => {
        const place = places.of(row);
        return [keep({ ids: batch.sequences[place]!, from: answers.get(place)! }), positive[q]!, negative[q]!];
      }),
      documents: Array.from(documentRows, (row) => keep({ ids: batch.sequences[places.of(row)]!, from: null })),
      replay: batch.replay ? replayed(batch.sequences, batch.replay).map(keep) : [],
      ...(isTaught(session) ? { taught: { queries: batch.ranked.asked, documents: batch.ranked.documents } } : {}),
    };
  });

  const grpoSteps = Array.from({ length: grpo.steps }, (_, i): GrpoStep => {
    const t = i + 1;
    const random = new Random(seed, 'grpo', t);
    const drawn = drawQueries({ session, task: watched }, random);
    const facts = new BatchBuilder();
    const learnt =
      grpo.replay_weight > 0
        ? sentences.draw(facts, grpo.replay_batch_size, grpo.replay_weight, random, true)
        : { rows: new Uint32Array(), labels: new Uint32Array() };
    return {
      step: t,
      prompts: drawn.map((query) =>
        prompts.row(`${query.id}\n${query.text}`, () => ({
          id: query.id,
          text: query.text,
          ids: tokens.prompt(query.text, 'think'),
          relevant: query.relevant.map(({ document, grade }) => [document, grade] as const),
          trace: query.trace,
          answer: [...tokens.answer(query.trace), tokens.embed],
        })),
      ),
      replay: replayed(facts.sequences, learnt).map(keep),
    };
  });
  return {
    sequences: sequences.items,
    prompts: prompts.items,
    sft: sftSteps,
    grpo: grpoSteps,
    queries: queries.items,
  };
}

/** A task as a plain object: what a class declares on its prototype does not survive a spread. */
const taskMethods = (task: World['task']): World['task'] => ({
  name: task.name,
  hash: task.hash,
  ...(task.dataHash === undefined ? {} : { dataHash: task.dataHash }),
  vocabulary: task.vocabulary,
  ...(task.bpe ? { bpe: task.bpe } : {}),
  specials: task.specials,
  maxDepth: task.maxDepth,
  topics: task.topics,
  documents: task.documents,
  corpus: task.corpus,
  modeWords: task.modeWords,
  instructions: task.instructions,
  sampleQuery: (...args) => task.sampleQuery(...args),
  heldOut: (...args) => task.heldOut(...args),
  parse: (text) => task.parse(text),
  judge: (...args) => task.judge(...args),
});

/** Which sequence of a packed batch a row lies in. */
class Places {
  private readonly places: number[] = [];
  private readonly firsts: number[] = [];

  constructor(sequences: readonly (readonly number[])[]) {
    sequences.forEach(({ length }, place) => {
      this.firsts.push(this.places.length);
      for (let i = 0; i < length; i++) this.places.push(place);
    });
  }

  of(row: number): number {
    return this.places[row]!;
  }

  /**
   * The index of the first learnt token of each sequence, by the sequence's place; a row predicts the token after it.
   */
  starts({ rows }: Targets): Map<number, number> {
    const starts = new Map<number, number>();
    for (const row of rows) {
      const place = this.of(row);
      const at = row + 1 - this.firsts[place]!;
      starts.set(place, Math.min(at, starts.get(place) ?? Infinity));
    }
    return starts;
  }
}

/** Sentences that are learnt beside the rest, a sentence as often as it was drawn. */
function replayed(sequences: readonly (readonly number[])[], learnt: Targets): Sequence[] {
  return [...new Places(sequences).starts(learnt)].map(([place, from]) => ({ ids: sequences[place]!, from }));
}
