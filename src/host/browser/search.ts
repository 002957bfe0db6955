import { rankingFromScores } from '../../retrieval/top-k';
import type { TaskQuery } from '../../tasks/task';
import { unknownWords } from '../../tasks/unknown-words';
import { rankIn } from '../../training/evaluate';
import type { SessionRun } from '../../training/session-run';
import { armsOf } from '../../training/session-arms';
import type { SearchAnswer, SearchHit } from './messages';
import { shownThinking } from './thinking';
import { documentCard } from './trace-search';

/** Answers a query with the current model: what it writes, and what it finds with and without reasoning. */
export async function answer(run: SessionRun, text: string, topK: number): Promise<SearchAnswer> {
  const started = performance.now();
  const { task, tokens } = run;
  const query = task.parse(text);
  const asked = query?.text ?? text.trim();
  await run.search.refresh();
  const words = unknownWords(task, asked);
  const thinking = await run.search.search(asked, 'think');
  // A model that was never trained to embed at once is made to, after the word that asks it to think.
  const { during } = armsOf(run.session);
  const without = await run.search.search(asked, during.includes('direct') ? 'direct' : 'forced');
  const ids = thinking.completion?.ids ?? [];
  const emitted = ids.at(-1) === tokens.embed;
  const written = emitted ? ids.slice(0, -1) : ids;
  const thought = { prompt: tokens.prompt(asked, 'think'), ids, relevant: query?.relevant ?? [] };
  const [followed] = await run.search.follow([thought], { k: run.session.grpo.reward_k, listed: true });
  return {
    step: run.step,
    query: asked,
    ...(words.count > 0 ? { unknown: { words: words.unknown, count: words.count, of: words.words } } : {}),
    trace: written.map((id) => tokens.word(id)),
    emitted,
    hops: query ? task.judge(query, tokens.decode(written)).hops : [],
    thinking: shownThinking(task, query, followed!),
    reasoning: hits(run, thinking.scores, query, topK),
    direct: hits(run, without.scores, query, topK),
    rank: { reasoning: bestRank(thinking.scores, query), direct: bestRank(without.scores, query) },
    milliseconds: performance.now() - started,
  };
}

function hits(run: SessionRun, scores: Float32Array | null, query: TaskQuery | null, topK: number): SearchHit[] {
  if (!scores) return [];
  const relevant = new Set(query?.relevant.map(({ document }) => document));
  return Array.from(rankingFromScores(scores, topK), (row) => {
    const card = documentCard(run.task, row);
    return { ...card, score: scores[row]!, relevant: query ? relevant.has(row) : null };
  });
}

function bestRank(scores: Float32Array | null, query: TaskQuery | null): number | null {
  if (!scores || !query) return null;
  return Math.min(...query.relevant.map(({ document }) => rankIn(scores, document)));
}
