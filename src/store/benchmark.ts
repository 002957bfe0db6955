import { create } from 'zustand';
import type {
  BenchmarkChoice,
  BenchmarkModelState,
  BenchmarkProgress,
  BenchmarkResult,
  CollectionFile,
  CollectionPreview,
  Comparison,
  QueryDetail,
} from '../host/browser/api';
import { documentsOpened, trainOn } from './documents';
import { messageOf } from '../lib/errors';
import { lab } from './lab';
import { usePage } from './page';

// The benchmark on the page: the open collection, what is compared, and the result.

interface BenchmarkState {
  /** What the worker is doing for the benchmark. */
  doing: 'nothing' | 'reading' | 'running';
  /** The collection that is open. */
  name: string | null;
  /** The name of the collection that is being read; null where none is. */
  reading: string | null;
  preview: CollectionPreview | null;
  split: string | null;
  /** The current model of the run on the page; null where there is none. */
  model: BenchmarkModelState | null;
  /** The model to compare with BM25, as the user chose it; null where it was not chosen. */
  chosen: string | null;
  /** The hash of the small embedder to compare with BM25 too; empty for none, null where the user has not chosen. */
  rival: string | null;
  progress: BenchmarkProgress | null;
  result: BenchmarkResult | null;
  /** The two systems whose queries are compared, and the metric. */
  compared: Comparison | null;
  detail: QueryDetail | null;
  /** The query that was opened, until its detail arrives. */
  opening: string | null;
  error: string | null;
}

const emptyBenchmark: BenchmarkState = {
  doing: 'nothing',
  name: null,
  reading: null,
  preview: null,
  split: null,
  model: null,
  chosen: null,
  rival: null,
  progress: null,
  result: null,
  compared: null,
  detail: null,
  opening: null,
  error: null,
};

export const useBenchmark = create<BenchmarkState>()(() => emptyBenchmark);

/** A number that grows with every opened folder; events of an earlier one are ignored. */
let generation = 0;

export async function openCollection(name: string, files: readonly CollectionFile[]): Promise<void> {
  const mine = ++generation;
  // What is open stays so until the other one is.
  useBenchmark.setState({ doing: 'reading', reading: name, progress: null, error: null });
  try {
    const preview = await lab.ask((client) => client.bench.open(name, files));
    if (mine !== generation) return;
    useBenchmark.setState({ ...emptyBenchmark, name: preview.name, preview, split: preview.splits[0]?.name ?? null });
    // The session may have waited for these documents.
    documentsOpened(preview);
    await askModel();
  } catch (error) {
    if (mine === generation) useBenchmark.setState({ doing: 'nothing', reading: null, error: messageOf(error) });
  }
}

/** Opens the example collection of the lab. */
export async function openExample(): Promise<void> {
  const mine = ++generation;
  useBenchmark.setState({ doing: 'reading', reading: EXAMPLE.name, progress: null, error: null });
  try {
    const files = await Promise.all(
      EXAMPLE.files.map(async (path): Promise<CollectionFile> => {
        const response = await fetch(new URL(`example/${path}`, document.baseURI));
        if (!response.ok) throw new Error(`example/${path} could not be loaded, expected it beside the page`);
        return { path, file: await response.blob() };
      }),
    );
    if (mine === generation) await openCollection(EXAMPLE.name, files);
  } catch (error) {
    if (mine === generation) useBenchmark.setState({ doing: 'nothing', reading: null, error: messageOf(error) });
  }
}

/** The example's files: short texts, with queries and judgements; public/example/LICENSE says whose they are. */
const EXAMPLE = { name: 'example', files: ['corpus.jsonl', 'queries.jsonl', 'qrels/test.tsv'] };

/** Chooses a split, and removes the results of another. */
export const chooseSplit = (split: string): void =>
  useBenchmark.setState({ split, result: null, detail: null, opening: null });

/** @param chosen the model to compare with BM25. */
export const chooseModel = (chosen: string): void => useBenchmark.setState({ chosen });

/** @param rival the hash of the small embedder to compare with BM25; empty for none. */
export const chooseRival = (rival: string): void => useBenchmark.setState({ rival });

export function compareSystems(changes: Partial<Comparison>): void {
  const { compared } = useBenchmark.getState();
  if (compared) useBenchmark.setState({ compared: { ...compared, ...changes } });
}

/** Closes the message of a failure; the open collection stays. */
export const closeError = (): void => useBenchmark.setState({ error: null });

/** Puts a session that trains on the open documents into the panel. */
export function trainOnDocuments(): void {
  const { preview } = useBenchmark.getState();
  if (!preview) return;
  trainOn(preview);
  usePage.getState().show({ view: 'run' });
}

export async function askModel(): Promise<void> {
  try {
    useBenchmark.setState({ model: await lab.ask((client) => client.bench.model()) });
  } catch {
    useBenchmark.setState({ model: null });
  }
}

/**
 * Runs the benchmark.
 * @param model to compare with BM25.
 * @param rival the small embedder to compare too; null for none.
 */
export async function runBenchmark(model: BenchmarkChoice | null, rival: string | null): Promise<void> {
  const { split, doing } = useBenchmark.getState();
  if (split === null || doing !== 'nothing') return;
  const mine = ++generation;
  useBenchmark.setState({
    doing: 'running',
    progress: null,
    result: null,
    detail: null,
    opening: null,
    error: null,
  });
  try {
    const result = await lab.ask((client) =>
      client.bench.run(split, model, rival, (progress) => {
        if (mine === generation) useBenchmark.setState({ progress });
      }),
    );
    if (mine !== generation) return;
    const of = result.systems.at(-1)?.system ?? 'bm25';
    const compared: Comparison = { of, over: 'bm25', metric: 'ndcg_cut_10' };
    useBenchmark.setState({ doing: 'nothing', progress: null, result, compared });
  } catch (error) {
    if (mine !== generation) return;
    useBenchmark.setState({ doing: 'nothing', progress: null, error: messageOf(error) });
  }
}

/** Cancels the running benchmark; the open collection stays. */
export async function cancel(): Promise<void> {
  if (useBenchmark.getState().doing !== 'running') return;
  generation++;
  useBenchmark.setState({ doing: 'nothing', progress: null });
  await lab.ask((client) => client.bench.cancel()).catch(() => undefined);
}

export async function openQuery(id: string | null): Promise<void> {
  useBenchmark.setState({ detail: null, opening: id });
  if (id === null) return;
  try {
    const detail = await lab.ask((client) => client.bench.query(id));
    if (useBenchmark.getState().opening === id) useBenchmark.setState({ detail, opening: null });
  } catch (error) {
    useBenchmark.setState({ opening: null, error: messageOf(error) });
  }
}

/** Reads a file of the result. @returns null, with the reason in the state, where it cannot be read. */
export async function resultFile(name: string): Promise<Uint8Array<ArrayBuffer> | null> {
  try {
    return await lab.ask((client) => client.bench.file(name));
  } catch (error) {
    useBenchmark.setState({ error: messageOf(error) });
    return null;
  }
}
