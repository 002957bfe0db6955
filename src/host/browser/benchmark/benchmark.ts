import type { BeirCollection, BeirQuery } from '../../../formats/beir';
import type { OnProgress } from '../../../lib/progress';
import type { MetricName } from '../../../records/records';
import { leftOutDocuments, rankedWithout } from '../../../retrieval/left-out';
import { evaluateRun } from '../../../retrieval/metrics';
import { bm25Rankings, queriesWithoutWord, runOf } from '../../../retrieval/rankings';
import type { Ranked } from '../../../retrieval/top-k';
import type { RankedModel } from '../../../training/benchmark/rank-embedder';
import { judgeReasoning } from '../../../training/benchmark/reasoning-verdict';
import { difference, indexed, withIntervals } from '../../../training/benchmark/score-run';
import type {
  BenchmarkChoice,
  BenchmarkListener,
  BenchmarkModelState,
  BenchmarkProgress,
  BenchmarkResult,
  BenchmarkSystem,
  CollectionFile,
  CollectionPreview,
  QueryDetail,
  SystemResult,
} from './api';
import type { TaskFiles } from '../task-data';
import type { BenchmarkModel } from './benchmark-model';
import { OpenedCollection } from './collection';
import { EncodedStore } from './encoded-store';
import { FinishedBenchmark, type RankedSystem } from './finished';

/** The source of a benchmark's models. */
export interface BenchmarkModels {
  /** The model of the run in this worker; null where there is none. */
  current(): BenchmarkModelState | null;
  /** Opens a model. @throws where a run has no model, or the model cannot embed. */
  open(of: BenchmarkChoice): Promise<BenchmarkModel>;
}

/** Milliseconds of work between two pauses in which messages are received, a cancellation among them. */
const BREATH_MS = 50;

/** Benchmarks in the worker: one collection at a time, one run over it at a time. */
export class Benchmark {
  private collection: OpenedCollection | null = null;
  private finished: FinishedBenchmark | null = null;
  /** A number that grows with every run and every cancellation; a run with an older number ends. */
  private generation = 0;

  /**
   * @param documents storage of opened documents, for sessions that train on them;
   * @param encoded storage of embeddings.
   */
  constructor(
    private readonly models: BenchmarkModels,
    private readonly documents: () => Pick<TaskFiles, 'keep' | 'holds'> | null = () => null,
    private readonly encoded = EncodedStore.open(),
  ) {}

  /**
   * Reads and checks the files of a collection, and keeps it for `run`. Where that fails, the collection opened before
   * stays.
   */
  async open(name: string, files: readonly CollectionFile[]): Promise<CollectionPreview> {
    this.generation++;
    const collection = await OpenedCollection.read(name, files);
    this.collection = collection;
    this.finished = null;
    this.documents()?.keep(collection.corpus.hash, collection.corpus.bytes);
    return collection.preview();
  }

  /** Whether documents of this hash can be trained on: opened on this visit, or kept in this browser. */
  holds(hash: string): Promise<boolean> {
    return this.documents()?.holds(hash) ?? Promise.resolve(false);
  }

  /** The open collection; null where none is. */
  get opened(): OpenedCollection | null {
    return this.collection;
  }

  /** The model of the run in this worker; null where there is none. */
  model(): BenchmarkModelState | null {
    return this.models.current();
  }

  /** Cancels `run`, which soon rejects. */
  cancel(): void {
    this.generation++;
  }

  /**
   * Ranks and scores a split by BM25 and, where one is named, by a model, and fuses them.
   * @param of the model: a run's (its current state in this worker, or the last that was kept of any other run), or an
   * opened one.
   * @param rival the hash of an opened model to compare with; null for none.
   */
  async run(
    split: string,
    of: BenchmarkChoice | null,
    rival: string | null,
    listener: BenchmarkListener,
  ): Promise<BenchmarkResult> {
    try {
      return await this.rankAndScore(split, of, rival, listener);
    } finally {
      listener.close?.();
    }
  }

  /** The results of every system for one query of the last run. */
  query(id: string): QueryDetail {
    return this.last().query(id);
  }

  /** One of the `files` of the last result. */
  file(name: string): Promise<Uint8Array<ArrayBuffer>> {
    return Promise.resolve(this.last().file(name));
  }

  private async rankAndScore(
    split: string,
    of: BenchmarkChoice | null,
    rival: string | null,
    listener: BenchmarkListener,
  ): Promise<BenchmarkResult> {
    const open = this.collection;
    if (!open) throw new Error('no collection is open in this worker: open the folder again');
    const started = performance.now();
    const generation = ++this.generation;
    const { name } = open;
    const corpus = open.corpus.hash;
    const collection = open.split(split);
    const queries = scorableQueries(collection);
    if (queries.length === 0) throw new Error(`no query of ${split} has a relevant document`);
    const breathe = async (): Promise<void> => {
      await new Promise((resolve) => setTimeout(resolve));
      if (generation !== this.generation) throw new Error('cancelled');
    };
    const report =
      (what: BenchmarkProgress['what'], who?: string): OnProgress =>
      async (done, of) => {
        listener({ what, done, of, ...(who === undefined ? {} : { who }) });
        await breathe();
      };
    listener({ what: 'bm25', done: 0, of: queries.length });
    await breathe();
    const texts = indexed(collection.documents);
    const leftOut = leftOutDocuments(queries, texts);
    let documentsOfQueries = 0;
    const without = (found: readonly Ranked[]): Ranked[] => {
      const kept = rankedWithout(found, queries, texts, leftOut);
      documentsOfQueries = Math.max(documentsOfQueries, kept.count);
      return kept.found;
    };
    let since = performance.now();
    const words = await bm25Rankings(texts, queries, async (done, of) => {
      if (performance.now() - since < BREATH_MS) return;
      since = performance.now();
      await report('bm25')(done, of);
    });
    const lexical = without(words);
    const systems: RankedSystem[] = [{ system: 'bm25', found: lexical, truncated: 0, notEmitted: 0 }];
    const developmentSet = (isHeldOut?: (row: number) => boolean) => open.developmentSet(split, isHeldOut);
    const parts = { store: this.encoded, corpus, lexical, developmentSet };
    const model = of === null ? null : await this.models.open(of);
    let encoded: FinishedBenchmark['encoded'] = null;
    let unknown: BenchmarkResult['unknown'] = null;
    let reopened = false;
    let atOnce: RankedModel | null = null;
    try {
      if (model) {
        // The tokenizer's library is loaded when it is needed first.
        const { rankByModel } = await import('./model-systems');
        const ranked = await model.take(() => rankByModel(model, collection, queries, parts, report));
        ({ encoded, unknown, reopened, atOnce } = ranked);
        for (const system of ranked.systems) systems.push({ ...system, found: without(system.found) });
      }
    } finally {
      await model?.close?.();
    }
    const besides: RankedSystem[] = [];
    const beside = rival === null ? null : await this.models.open({ model: rival });
    let standing: BenchmarkResult['rival'] = null;
    try {
      if (beside && rival !== null) {
        const name = beside.name ?? rival.slice(0, 12);
        const { rankByModel } = await import('./model-systems');
        const ranked = await beside.take(() =>
          rankByModel(
            beside,
            collection,
            queries,
            parts,
            (what) => report(what, name),
            atOnce ? { atOnce, name } : undefined,
          ),
        );
        standing = { hash: rival, name, truncated: ranked.encoded.truncated };
        for (const { system, found, fused, truncated, notEmitted } of ranked.systems) {
          const of = { found: without(found), truncated, notEmitted };
          if (system === 'direct') besides.push({ ...of, system: 'rival' });
          if (system === 'fusion_direct')
            besides.push({ ...of, system: 'fusion_rival', ...(fused !== undefined && { fused }) });
          if (system === 'fusion_together') systems.push({ ...of, system, ...(fused !== undefined && { fused }) });
        }
      }
    } finally {
      await beside?.close?.();
    }
    systems.splice(1, 0, ...besides);
    listener({ what: 'scores', done: 0, of: systems.length });
    await breathe();
    const scored = score(systems, collection, queries);
    this.finished = new FinishedBenchmark(name, collection, queries, systems, encoded);
    return {
      collection: name,
      split,
      documents: collection.documents.length,
      queries: queries.length,
      documentsOfQueries,
      queriesWithoutWord: queriesWithoutWord(words),
      model: model && { run: model.run, step: model.step },
      rival: standing,
      unknown,
      passages: encoded && { split: encoded.split, passages: encoded.passages, reopened },
      ...scored,
      files: this.finished.files,
      milliseconds: performance.now() - started,
    };
  }

  private last(): FinishedBenchmark {
    if (!this.finished) throw new Error('there is no benchmark in this worker any more: run it again');
    return this.finished;
  }
}

/** The queries that the split judges and that have a relevant document. */
function scorableQueries({ queries, qrels }: BeirCollection): BeirQuery[] {
  const isRelevant = (grade: number): boolean => grade > 0;
  return queries.filter(({ id }) => [...(qrels.get(id)?.values() ?? [])].some(isRelevant));
}

function score(
  systems: readonly RankedSystem[],
  { documents, qrels }: BeirCollection,
  queries: readonly BeirQuery[],
): Pick<BenchmarkResult, 'systems' | 'perQuery' | 'reasoning'> {
  const perQuery = systems.map(({ found }) => {
    const metrics = evaluateRun(runOf(queries, documents, found), qrels).perQuery;
    return queries.map(({ id }) => metrics.get(id)!);
  });
  const ndcg = (system: number): number[] => perQuery[system]!.map((metrics) => metrics.ndcg_cut_10);
  const base = ndcg(0);
  const place = (of: BenchmarkSystem): number => systems.findIndex(({ system }) => system === of);
  const [none, reasons] = [place('direct'), place('reasoning')];
  return {
    reasoning: none >= 0 && reasons >= 0 ? judgeReasoning(ndcg(none), ndcg(reasons)).why : null,
    systems: systems.map(({ system, fused = null, truncated, notEmitted }, i): SystemResult => {
      return {
        system,
        ...withIntervals(perQuery[i]!),
        overBm25: i === 0 ? null : difference(ndcg(i), base),
        fused,
        truncated,
        notEmitted,
      };
    }),
    perQuery: queries.map(({ id, text }, query) => {
      const scores = (name: MetricName): number[] => perQuery.map((metrics) => metrics[query]![name]);
      return {
        id,
        text,
        scores: {
          ndcg_cut_10: scores('ndcg_cut_10'),
          recip_rank_cut_10: scores('recip_rank_cut_10'),
          success_1: scores('success_1'),
          recall_100: scores('recall_100'),
          map: scores('map'),
        },
      };
    }),
  };
}
