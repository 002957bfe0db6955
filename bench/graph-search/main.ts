// The page of the benchmark of graphs: builds them and searches when bench/graph-search/plan.mjs says so.
import { adapterInfo } from '../page/adapter';
import { CORPUS_SIZES, makeCorpus, nearestInF64, recallOf, type Corpus, type Found } from '../search/corpus';
import type { GraphContender, MakeGraph } from './contender';

/** Loaded on demand, so that no library's start-up is in another's time. */
const CONTENDERS: Record<string, () => Promise<MakeGraph>> = {
  ours: async () => (await import('./ours')).makeOurs,
  'hnswlib-wasm': async () => (await import('./hnswlib')).makeHnswlib,
};

/** Queries that recall is measured with; the size's own are the first of them, and timed. */
const QUERIES = 512;

/** Widths of the search that are tried, the narrowest first. */
const WIDTHS = [10, 12, 14, 16, 20, 24, 28, 32, 40, 48, 64, 96, 128, 192, 256];

let prepared: { size: string; corpus: Corpus; wanted: Found; batch: number } | null = null;
let current: GraphContender | null = null;

function prepare(size: string) {
  if (prepared?.size === size) return prepared;
  const corpus = makeCorpus(size, QUERIES);
  const batch = CORPUS_SIZES.find(({ name }) => name === size)?.queries ?? 0;
  prepared = { size, corpus, wanted: nearestInF64(corpus), batch };
  return prepared;
}

const page = {
  adapter: adapterInfo,
  async open(name: string, size: string) {
    const make = CONTENDERS[name];
    if (!make) throw new Error(`no contender ${name}`);
    current = await (await make())(prepare(size).corpus);
    return { name: current.name };
  },
  /** Wall milliseconds of a build from nothing. */
  build(): number {
    const start = performance.now();
    current?.build();
    return performance.now() - start;
  },
  /** The narrowest search that finds `least` of the nearest documents, with what it found; null where none does. */
  narrowest(least: number): { ef: number; recall: number } | null {
    if (!current || !prepared) throw new Error('open() comes before narrowest()');
    const { corpus, wanted } = prepared;
    for (const ef of WIDTHS.filter((width) => width >= corpus.k)) {
      const recall = recallOf(corpus, wanted, current.search(0, QUERIES, ef));
      if (recall >= least) return { ef, recall };
    }
    return null;
  },
  /** Wall milliseconds of each of `times` searches of the size's queries, one after the other. */
  search(ef: number, times: number): number[] {
    if (!current || !prepared) throw new Error('open() comes before search()');
    const taken: number[] = [];
    for (let i = 0; i < times; i++) {
      const start = performance.now();
      current.search(0, prepared.batch, ef);
      taken.push(performance.now() - start);
    }
    return taken;
  },
  close(): void {
    current?.destroy();
    current = null;
  },
};

export type GraphPage = typeof page;
Object.assign(window, { bench: page });
