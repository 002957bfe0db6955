import type { BeirCollection, BeirQuery, Qrels } from '../../../formats/beir';
import { readBeir } from '../../../formats/collection/read-collection';
import { writeRun } from '../../../formats/trec';
import type { Gpu } from '../../../gpu/gpu';
import { InputError } from '../../../lib/errors';
import { bootstrapInterval } from '../../../retrieval/bootstrap';
import { evaluateRun } from '../../../retrieval/metrics';
import { bm25Rankings, runOf } from '../../../retrieval/rankings';
import type { Ranked } from '../../../retrieval/top-k';
import { developmentSet } from '../../../training/benchmark/development-set';
import type { EmbeddingPrompts } from '../../../training/benchmark/embedding-prompts';
import { fuseChosen, type FusionChoice } from '../../../training/benchmark/fusion-choice';
import { EncodedDocuments, type ModelRankings } from '../../../training/benchmark/model-rankings';
import { answersOnly, chooseFusion, rankDevelopmentSet } from '../../../training/benchmark/rank-embedder';
import { indexed, scoreRun, withIntervals, type SystemScore } from '../../../training/benchmark/score-run';
import { Arguments } from '../args';
import { readBaseline } from '../baseline-run';
import { checkHead, embedderOf, loadEmbedder, promptsOf, titleOf, type LoadedEmbedder } from '../checkpoint';
import { openSources, ROOM } from '../files';
import { openGpu } from '../gpu';
import { heldOutTitles } from '../held-out-titles';
import { checkOutput, writeOutput } from '../output-file';
import { noticesOf, printResult, progressOf } from '../output';

const RUN_TAG = 'search-r3-lab';
const BOOTSTRAP_SEED = 1;

/**
 * `eval`: encodes a collection and the queries that the split judges, searches exactly, and scores. Beside it stand BM25,
 * their fusion by a weight that is chosen, and what is named: another embedder with its fusion, and any run.
 */
export async function run(argv: readonly string[]): Promise<number> {
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
  const prompts = await promptsOf(checkpoint);
  const rival = args.has('rival') ? await loadEmbedder(args.required('rival')) : null;
  const rivalPrompts = rival && (await promptsOf(rival));

  const gpu = await openGpu();
  const contest = new Contest(gpu, collection, queries, split);
  const lexical = answersOnly(
    await bm25Rankings(indexed(collection.documents), queries),
    queries,
    collection.documents,
  );
  const bm25 = contest.score(lexical);
  const own = await contest.ranked(checkpoint, prompts, reasons, lexical);
  const other = rival && rivalPrompts && (await contest.ranked(rival, rivalPrompts, false, lexical));
  if (runOut !== null) writeOutput(runOut, writeRun(runOf(queries, collection.documents, own.found), RUN_TAG));
  const standing = baseline && standingOf(baseline.run, collection.qrels);
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
    ...noticesOf({
      notices: [
        ...prompts.notices,
        ...(rivalPrompts?.notices ?? []),
        ...collection.notices,
        ...(baseline?.notices ?? []),
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
    ...(baseline && standing ? { baseline: { ...standing.system, left_out: baseline.left_out } } : {}),
  });
  return 0;
}

interface Standing {
  system: SystemScore;
  /** nDCG@10 by query that has a relevant document, in the order of the judgements. */
  ndcg: number[];
}

function standingOf(run: Parameters<typeof evaluateRun>[0], qrels: Qrels): Standing {
  const { perQuery } = evaluateRun(run, qrels);
  return { system: withIntervals(perQuery.values()), ndcg: [...perQuery.values()].map((one) => one.ndcg_cut_10) };
}

/** The mean of the queries' differences, and its interval. */
function difference(of: readonly number[], over: readonly number[]): { mean: number; ci95: [number, number] } {
  const differences = of.map((value, query) => value - over[query]!);
  const mean = differences.reduce((sum, value) => sum + value, 0) / differences.length;
  return { mean, ci95: bootstrapInterval(differences, BOOTSTRAP_SEED) };
}

interface Ranking {
  rankings: ModelRankings;
  encoded: EncodedDocuments;
  /** Without documents that are the query itself. */
  found: Ranked[];
  score: Standing;
  choice: FusionChoice;
  fused: Standing;
}

/** What is ranked by one model after another. */
class Contest {
  constructor(
    private readonly gpu: Gpu,
    private readonly collection: BeirCollection & { others: ReadonlyMap<string, Qrels> },
    /** Those that the split judges. */
    private readonly queries: readonly BeirQuery[],
    private readonly split: string,
  ) {}

  score(found: readonly Ranked[]): Standing {
    const { queries } = this;
    const { documents, qrels } = this.collection;
    return standingOf(runOf(queries, documents, found), qrels);
  }

  async ranked(
    checkpoint: LoadedEmbedder,
    prompts: EmbeddingPrompts,
    reasons: boolean,
    words: readonly Ranked[],
  ): Promise<Ranking> {
    const { queries } = this;
    const { documents, qrels, others } = this.collection;
    const model = await embedderOf(this.gpu, checkpoint);
    try {
      const encoded = await EncodedDocuments.encode(model, prompts, documents, progressOf('passages embedded'));
      const rankings = await encoded.rank(queries, reasons, progressOf('queries embedded'));
      const found = answersOnly(rankings.found, queries, documents);
      const splits = new Map([...others, [this.split, qrels]]);
      const judged = { documents, queries: this.collection.queries, splits };
      const set = await rankDevelopmentSet(developmentSet(judged, this.split, heldOutTitles(checkpoint.folder)));
      const choice = await chooseFusion(set, encoded, reasons, progressOf('texts embedded to choose a weight by'));
      const fused = this.score(fuseChosen(choice, { words, model: found }, documents));
      return { rankings, encoded, found, score: this.score(found), choice, fused };
    } finally {
      model.destroy();
    }
  }
}

/** What would be found out only after the work. @throws InputError */
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
