// Measures recall, distances, build and repair times of the graph index, in CPU seconds of this process, which a busy machine
// does not change much: `node scripts/bench.mjs graph-recall small|large|variants|repair|single`.
import { Random } from '../src/lib/philox';
import { GraphIndex } from '../src/retrieval/graph/graph-index';
import type { GraphSettings } from '../src/retrieval/graph/settings';
import { normaliseRows } from '../src/retrieval/graph/vectors';
import { ExactIndex } from '../src/retrieval/search-index';
import { isotropic, mixture } from './graph-data';
import { isSmall } from './small';

const K = 10;
const QUERIES = isSmall ? 20 : 500;
/** The share of a corpus that is made. */
const SHARE = isSmall ? 0.05 : 1;

interface Corpus {
  name: string;
  dimension: number;
  documents: Float32Array;
  queries: Float32Array;
}

function clustered(rows: number, dimension: number, clusters: number, spread: number): Corpus {
  return {
    name: `${rows} × ${dimension}, ${clusters} clusters, spread ${spread}`,
    dimension,
    documents: mixture(Math.round(SHARE * rows), dimension, clusters, spread, 1, 0),
    queries: mixture(QUERIES, dimension, clusters, spread, 1, 1),
  };
}

function uniform(rows: number, dimension: number): Corpus {
  return {
    name: `${rows} × ${dimension}, isotropic`,
    dimension,
    documents: isotropic(Math.round(SHARE * rows), dimension, 11),
    queries: isotropic(QUERIES, dimension, 12),
  };
}

function eachQuery<T>({ queries, dimension }: Corpus, search: (query: Float32Array) => T): T[] {
  return Array.from({ length: queries.length / dimension }, (_, q) =>
    search(queries.subarray(q * dimension, (q + 1) * dimension)),
  );
}

const cpuSeconds = (): number => process.cpuUsage().user / 1e6;
const print = (line: string): void => void process.stdout.write(`${line}\n`);

function truth(corpus: Corpus): Int32Array[] {
  const exact = new ExactIndex(corpus.documents, corpus.dimension);
  return eachQuery(corpus, (query) => exact.search(query, K).ids);
}

function measure(index: GraphIndex, corpus: Corpus, wanted: Int32Array[], ef: number): string {
  const start = cpuSeconds();
  const results = eachQuery(corpus, (query) => index.search(query, K, { ef }));
  const micros = ((cpuSeconds() - start) / results.length) * 1e6;
  const mean = (of: (result: (typeof results)[number], q: number) => number): number =>
    results.reduce((sum, result, q) => sum + of(result, q), 0) / results.length;
  const recall = mean((result, q) => result.ids.filter((id) => wanted[q]?.includes(id)).length / K);
  const distances = mean((result) => result.distances);
  const share = ((100 * distances) / index.size).toFixed(2);
  return `ef ${ef}: recall@10 ${recall.toFixed(4)}, ${distances.toFixed(0)} distances (${share}%), ${mean((r) => r.hops).toFixed(0)} hops, ${micros.toFixed(0)} µs`;
}

function buildAndMeasure(corpus: Corpus, wanted: Int32Array[], settings: Partial<GraphSettings>, efs: number[]): void {
  const start = cpuSeconds();
  const index = GraphIndex.build(corpus.documents, corpus.dimension, settings, 1);
  const seconds = cpuSeconds() - start;
  const { ok, degree } = index.checkIntegrity();
  print(
    `${corpus.name} ${JSON.stringify(settings)}: built in ${seconds.toFixed(2)} s, mean degree ${degree.mean.toFixed(1)}, integrity ${ok}`,
  );
  for (const ef of efs) print(`  ${measure(index, corpus, wanted, ef)}`);
}

function curves(corpora: (() => Corpus)[]): void {
  for (const make of corpora) {
    const corpus = make();
    buildAndMeasure(corpus, truth(corpus), {}, [16, 32, 64, 128, 256]);
  }
}

function variants(): void {
  for (const corpus of [clustered(12000, 128, 240, 0.7), uniform(12000, 128)]) {
    const wanted = truth(corpus);
    const tried: Partial<GraphSettings>[] = [
      {},
      { entry_factor: 0 },
      { alpha: 1 },
      { alpha: 1.4 },
      { m: 12 },
      { m: 24 },
      { ef_construction: 48 },
      { ef_construction: 200 },
    ];
    for (const settings of tried) buildAndMeasure(corpus, wanted, settings, [32, 64]);
  }
}

/** Moves 5% random rows by `noise` and repairs them, `rounds` times. */
function repairs(corpus: Corpus, noise: number, settings: Partial<GraphSettings>, rounds = 100): void {
  const { documents, dimension } = corpus;
  const random = new Random(5, 'evaluation');
  const index = GraphIndex.build(documents, dimension, settings, 1);
  print(`${corpus.name} ${JSON.stringify(settings)}, noise ${noise}`);
  const batch = Math.round(0.05 * index.size);
  let seconds = 0;
  let repaired = 0;
  let edits = 0;
  print(`  built: ${measure(index, corpus, truth(corpus), 64)}`);
  for (let round = 1; round <= rounds; round++) {
    const moved = Array.from({ length: batch }, () => random.integer(index.size));
    for (const node of moved) {
      const row = documents.subarray(node * dimension, (node + 1) * dimension);
      for (let i = 0; i < dimension; i++) row[i] = row[i]! + (noise / Math.sqrt(dimension)) * random.normal();
      normaliseRows(row, dimension);
    }
    const start = cpuSeconds();
    const { added, removed } = index.repair(moved);
    seconds += cpuSeconds() - start;
    repaired += batch;
    edits += added.length + removed.length;
    if (round % (rounds / 2) !== 0) continue;
    const { ok, degree } = index.checkIntegrity();
    print(
      `  ${repaired} repairs: ${measure(index, corpus, truth(corpus), 64)}; ${((seconds / repaired) * 1e6).toFixed(0)} µs and ${(edits / repaired).toFixed(1)} edits a node, mean degree ${degree.mean.toFixed(1)}, integrity ${ok}`,
    );
  }
  print(`  rebuilt: ${measure(GraphIndex.build(documents, dimension, settings, 1), corpus, truth(corpus), 64)}`);
}

function allRepairs(): void {
  for (const noise of [0, 0.05, 0.5]) {
    for (const settings of [{}, { entry_factor: 0 }]) repairs(clustered(6144, 64, 60, 0.7), noise, settings);
  }
  // More clusters than entries.
  repairs(clustered(12000, 128, 500, 0.3), 0.05, {});
  repairs(clustered(50000, 128, 500, 0.7), 0.05, {}, 4);
}

/** A batch shares one pass over the edges; a node alone pays for it. */
function single(): void {
  for (const corpus of [clustered(6144, 64, 60, 0.7), clustered(50000, 128, 500, 0.7)]) {
    const index = GraphIndex.build(corpus.documents, corpus.dimension, {}, 1);
    const random = new Random(6, 'evaluation');
    const start = cpuSeconds();
    for (let i = 0; i < 500; i++) index.repair([random.integer(index.size)]);
    print(`${corpus.name}: ${((cpuSeconds() - start) * 2000).toFixed(0)} µs to repair one node alone`);
  }
}

const parts: Record<string, () => void> = {
  small: () =>
    curves([
      () => clustered(6144, 64, 60, 0.7),
      () => clustered(6144, 128, 500, 0.7),
      () => uniform(6144, 64),
      () => uniform(6144, 128),
    ]),
  large: () =>
    curves([
      () => clustered(50000, 128, 500, 0.7),
      () => clustered(50000, 128, 500, 0.3),
      () => clustered(50000, 128, 500, 1),
      () => uniform(50000, 128),
    ]),
  variants,
  repair: allRepairs,
  single,
};
const wanted = process.argv.slice(2);
for (const name of wanted.length > 0 ? wanted : Object.keys(parts)) {
  const part = parts[name];
  if (part === undefined) {
    process.stderr.write(`graph-recall: no part ${name}, expected ${Object.keys(parts).join(', ')}\n`);
    process.exit(2);
  }
  part();
}
