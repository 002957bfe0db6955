import type { BeirCollection } from '../../../formats/beir';
import { readBeir } from '../../../formats/collection/read-collection';
import { writeRun } from '../../../formats/trec';
import { InputError } from '../../../lib/errors';
import { runOf } from '../../../retrieval/rankings';
import { difference, scoreRun } from '../../../training/benchmark/score-run';
import { titleOf } from '../../../training/take-home/folders';
import { Arguments } from '../args';
import { readBaseline } from '../baseline-run';
import { checkHead, loadEmbedder, checkpointPrompts } from '../checkpoint';
import { Contest, contestStanding } from '../contest';
import { openSources, ROOM } from '../files';
import { openGpu } from '../gpu';
import { checkOutput, writeOutput } from '../output-file';
import { noticesOf, printResult, wordlessNotices } from '../output';

const RUN_TAG = 'search-r3-lab';

/**
 * `eval`: encodes a collection and the queries that the split judges, searches exactly, and scores. Beside it stand BM25,
 * their fusion by a weight that is chosen, and what is named: another embedder with its fusion and all three as one, and any
 * run.
 */
export default async function run(argv: readonly string[]): Promise<number> {
  const args = new Arguments(argv, {
    usage:
      'eval --checkpoint MODEL [--adapter DIR] --data BEIR_DIR --split S [--reasoning on|off] [--rival MODEL] [--baseline RUN_FILE] [--run-out FILE]',
    flags: {
      checkpoint: 'value',
      adapter: 'value',
      data: 'value',
      split: 'value',
      reasoning: 'value',
      rival: 'value',
      baseline: 'value',
      'run-out': 'value',
    },
  });
  const folder = args.required('checkpoint');
  const data = args.required('data');
  const split = args.required('split');
  const reasons = args.choice('reasoning', ['off', 'on']) === 'on';
  const runOut = args.has('run-out') ? args.required('run-out') : null;
  if (runOut !== null) checkOutput(runOut, '--run-out');
  const collection = await readBeir(openSources(data, 'a folder in BEIR layout'), split, data, ROOM);
  const where = `${data}/qrels/${split}.tsv`;
  const queries = collection.queries.filter(({ id }) => collection.qrels.has(id));
  checkScorable(collection, queries, { where, writes: runOut !== null });
  const baseline = args.has('baseline') ? readBaseline(args.required('baseline'), collection, split) : null;
  const checkpoint = await loadEmbedder(folder, args.optional('adapter') ?? null);
  if (reasons) checkHead(checkpoint, '--reasoning on');
  const prompts = await checkpointPrompts(checkpoint);
  const rival = args.has('rival') ? await loadEmbedder(args.required('rival')) : null;
  const rivalPrompts = rival && (await checkpointPrompts(rival));

  const gpu = await openGpu();
  const contest = new Contest(gpu, collection, queries, split);
  const { found: lexical, withoutWord } = await contest.lexical();
  const bm25 = contest.score(lexical);
  const own = await contest.ranked(checkpoint, prompts, reasons, lexical);
  const other = rival && rivalPrompts && (await contest.ranked(rival, rivalPrompts, false, lexical, undefined, own));
  if (runOut !== null) writeOutput(runOut, writeRun(runOf(queries, collection.documents, own.found), RUN_TAG));
  const standing = baseline && contestStanding(baseline.run, collection.qrels);
  const over = (ndcg: readonly number[]) => ({
    bm25: difference(ndcg, bm25.ndcg),
    ...(other && { rival: difference(ndcg, other.score.ndcg) }),
    ...(standing && { baseline: difference(ndcg, standing.ndcg) }),
  });
  printResult({
    ...scoreRun(runOf(queries, collection.documents, own.rankings.found), collection, where),
    embed_token: prompts.embedToken,
    prompts: { query: prompts.prompt('query'), document: prompts.prompt('document') },
    truncated: { queries: own.rankings.truncated, docs: own.encoded.truncated },
    split: { docs: own.encoded.split, passages: own.encoded.passages },
    ...(reasons ? { not_emitted: own.rankings.notEmitted } : {}),
    ...(own.reasoning ? { reasoning: own.reasoning } : {}),
    ...noticesOf({
      notices: [
        ...prompts.notices,
        ...(rivalPrompts?.notices ?? []),
        ...collection.notices,
        ...(baseline?.notices ?? []),
        ...wordlessNotices(withoutWord),
      ],
    }),
    ndcg_cut_10_over: over(own.score.ndcg),
    bm25: bm25.system,
    fusion: { ...own.fused.system, chosen: own.choice, ndcg_cut_10_over: over(own.fused.ndcg) },
    ...(rival && other
      ? {
          rival: {
            name: titleOf(rival.folder),
            ...other.score.system,
            truncated: { queries: other.rankings.truncated, docs: other.encoded.truncated },
            fusion: { ...other.fused.system, chosen: other.choice },
          },
        }
      : {}),
    ...(other?.together
      ? {
          together: {
            ...other.together.system,
            chosen: other.together.choice,
            ndcg_cut_10_over: {
              ...over(other.together.ndcg),
              rival_fusion: difference(other.together.ndcg, other.fused.ndcg),
              without_model: difference(other.together.ndcg, other.together.without.ndcg),
            },
          },
        }
      : {}),
    ...(baseline && standing ? { baseline: { ...standing.system, left_out: baseline.left_out } } : {}),
  });
  return 0;
}

/** Checks before the work what would only fail after it. @throws InputError */
function checkScorable(
  collection: BeirCollection,
  queries: BeirCollection['queries'],
  { where, writes }: { where: string; writes: boolean },
): void {
  scoreRun(new Map(), collection, where);
  if (!writes) return;
  const odd = [...queries, ...collection.documents].find(({ id }) => !/^\S+$/.test(id));
  if (odd)
    throw new InputError(`--run-out: id ${JSON.stringify(odd.id)}, expected ids without white space in a run file`);
}
