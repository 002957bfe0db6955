import type { SearchHit, Thinking, ThinkRequest } from '../../src/host/browser/api';
import { written } from '../../src/host/browser/trace-search';
import type { DevTrace, TraceRecord, WrittenRecord } from '../../src/records/records';
import type { Task, TaskQuery } from '../../src/tasks/task';
import { noise } from './script';

/** The number of queries of a step, and of completions of each. */
export interface GroupSize {
  queries: number;
  completions: number;
}
export const FEW: GroupSize = { queries: 6, completions: 4 };
const RANKED_EVERY = 5;

/** What a scripted run's model writes: the right reasoning with mistakes that become rarer. */
export class ScriptedTraces {
  readonly models: number[] = [];

  constructor(
    private readonly task: Task,
    private readonly size: GroupSize,
  ) {}

  /** @param skill from 0 to 1. */
  groups(step: number, skill: number): TraceRecord[] {
    const traces = Array.from({ length: this.size.queries }, (_, at) => {
      let draws = 0;
      const u = () => noise(step * 31 + at, ++draws);
      const depth = 1 + Math.floor(u() * this.task.maxDepth);
      const query = this.task.sampleQuery(depth, false, u);
      const lines = Array.from({ length: this.size.completions }, (__, completion) =>
        this.line(query, step, completion, skill, noise(step + completion, at * 7 + completion)),
      );
      const mean = lines.reduce((sum, { reward }) => sum + reward, 0) / lines.length;
      return lines.map((line) => {
        const { ranks, rewards, ...rest } = line;
        const ranked = step % RANKED_EVERY === 0 && ranks && rewards ? { ranks, rewards } : {};
        return { ...rest, ...ranked, advantage: line.reward - mean };
      });
    });
    return traces.flat();
  }

  dev(step: number, skill: number): DevTrace[] {
    this.models.push(step);
    const queries = this.task.heldOut('dev', 4);
    return queries.map((query, at) => this.line(query, step, 0, skill, noise(at, 3) * 0.9));
  }

  think({ query: text, ids, step }: ThinkRequest, now: number): Thinking {
    const query = this.task.parse(text);
    if (!query) throw new Error(`"${text}" is not one of the task's queries`);
    const at = step === null ? now : (this.models.findLast((model) => model <= step) ?? now);
    const line = this.line(query, at, 0, 0.9, 0.5);
    const said = ids ?? line.ids;
    const ranks = this.ranks(said, query);
    const wanted = query.relevant[0]!.document;
    return {
      ...line,
      ...written(this.task, query, said),
      query: text,
      ids: said,
      ranks,
      rewards: ranks.map(rewardOf),
      nearest: ranks.map((rank, t) => this.hits(wanted, rank, t)),
      milliseconds: 40,
    };
  }

  private hits(wanted: number, rank: number, t: number): SearchHit[] {
    const { documents } = this.task;
    return Array.from({ length: Math.min(10, documents.length) }, (_, place) => {
      const document = place === rank - 1 ? wanted : (wanted + 5 * (place + 1) + t) % documents.length;
      const { id, text, group } = documents[document]!;
      return { document, id, text, group, score: 0.97 - 0.05 * place, relevant: document === wanted };
    });
  }

  private line(query: TaskQuery, step: number, completion: number, skill: number, luck: number): WrittenRecord {
    const { vocabulary, specials } = this.task;
    const words = query.trace.split(' ');
    const isWrong = luck > skill;
    if (isWrong) words[words.length - 1] = this.task.heldOut('dev', 1)[0]!.trace.split(' ')[1] ?? words[0]!;
    const isCut = luck > 0.97;
    if (!isCut) words.push(specials.embed);
    const ids = words.map((word) => vocabulary.indexOf(word));
    const ranks = this.ranks(ids, query).map((rank, t) => (isWrong && t === words.length - 1 ? 12 : rank));
    const rank = isCut ? 0 : ranks.at(-1)!;
    return {
      step,
      query: query.text,
      completion,
      ids,
      text: words.join(' '),
      logprobs: ids.map((_, t) => Math.log(Math.min(0.999, 0.35 + 0.6 * skill + 0.2 * noise(t, luck)))),
      entropies: ids.map((_, t) => (1.2 - skill) * noise(t + 3, luck)),
      reward: isCut ? 0 : rewardOf(rank),
      rank,
      ranks,
      rewards: ranks.map(rewardOf),
    };
  }

  /** Falls from somewhere in the corpus to the first place as the reasoning comes to its end. */
  private ranks(ids: readonly number[], { relevant }: TaskQuery): number[] {
    const total = this.task.documents.length;
    const count = this.task.vocabulary[ids.at(-1) ?? -1] === this.task.specials.embed ? ids.length : ids.length + 1;
    const start = 0.35 + 0.3 * noise(relevant[0]!.document, 1);
    return Array.from({ length: count }, (_, t) =>
      t === count - 1 ? 1 : Math.max(2, Math.round(total * start * 0.55 ** t + 3 * noise(t, count))),
    );
  }
}

const rewardOf = (rank: number): number => (rank >= 1 && rank <= 10 ? 1 / Math.log2(1 + rank) : 0);
