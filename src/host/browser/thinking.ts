import type { Task, TaskQuery } from '../../tasks/task';
import type { Evaluator } from '../../training/evaluate';
import type { RankWhileThinking } from '../../training/prefix-ranks';
import type { SessionRun } from '../../training/session-run';
import type { SearchHit, Thinking, ThinkRequest } from './messages';
import type { PastModels } from './past-models';
import { documentCard, written } from './trace-search';

/**
 * Follows a recorded completion, or one that the model writes now, and says what a search would find after each token.
 */
export async function think(run: SessionRun, past: PastModels, request: ThinkRequest): Promise<Thinking> {
  const started = performance.now();
  const { task, tokens, session } = run;
  const asked = await modelFor(run, past, request.step);
  const query = task.parse(request.query);
  const text = query?.text ?? request.query.trim();
  const prompt = tokens.prompt(text, 'think');
  const completion = request.ids
    ? { ids: request.ids, logprobs: [], entropies: [] }
    : (await asked.search.search(text, 'think')).completion!;
  const thought = { prompt, ids: completion.ids, relevant: query?.relevant ?? [] };
  const [found] = await asked.search.follow([thought], { k: session.grpo.reward_k, listed: true });
  const said = written(task, query, completion.ids);
  return {
    step: asked.step,
    query: text,
    ...completion,
    ...said,
    reward: said.emitted ? (found!.rewards.at(-1) ?? 0) : 0,
    rank: said.emitted ? (found!.ranks.at(-1) ?? 0) : 0,
    ...shownThinking(task, query, found!),
    milliseconds: performance.now() - started,
  };
}

/** The ranks in the form that the page shows; none where the task cannot judge the query. */
export function shownThinking(
  task: Task,
  query: TaskQuery | null,
  { ranks, rewards, nearest }: RankWhileThinking,
): Pick<Thinking, 'ranks' | 'rewards' | 'nearest'> {
  const relevant = new Set(query?.relevant.map(({ document }) => document));
  return {
    ranks: query ? ranks : [],
    rewards: query ? rewards : [],
    nearest: nearest.map(({ documents, scores }) =>
      documents.map((document, i): SearchHit => {
        const card = documentCard(task, document);
        return { ...card, score: scores[i]!, relevant: query ? relevant.has(document) : null };
      }),
    ),
  };
}

async function modelFor(
  run: SessionRun,
  past: PastModels,
  step: number | null,
): Promise<{ step: number; search: Evaluator }> {
  if (step !== null) {
    const kept = await past.at(step);
    if (kept) return kept;
    throw new Error(`no model was kept at or before step ${step}; the first comes with the first evaluation`);
  }
  await run.search.refresh();
  return { step: run.step, search: run.search };
}
