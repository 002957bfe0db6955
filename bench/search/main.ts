// The page of the benchmark of exact search: makes contenders and runs their searches when bench/search/plan.mjs says so.
import { adapterInfo } from '../page/adapter';
import type { MakeSearch, SearchContender } from './contender';
import { makeCorpus, nearestInF64, whatIsWrong, type Corpus, type Found } from './corpus';

/** Loaded on demand, so that no library's start-up is in another's time. */
const CONTENDERS: Record<string, () => Promise<MakeSearch>> = {
  ours: async () => (await import('./ours')).makeOurs,
  'jax-js': async () => (await import('./jax')).makeJax,
  'jax-js-read': async () => (await import('./jax')).makeJaxRead,
  tfjs: async () => (await import('./tfjs')).makeTfjs,
  'tfjs-read': async () => (await import('./tfjs')).makeTfjsRead,
  javascript: async () => (await import('./javascript')).makeJavaScript,
};

let prepared: { size: string; corpus: Corpus; wanted: Found } | null = null;
let current: SearchContender | null = null;
let last: Found | null = null;

function prepare(size: string) {
  if (prepared?.size === size) return prepared;
  const corpus = makeCorpus(size);
  prepared = { size, corpus, wanted: nearestInF64(corpus) };
  return prepared;
}

const page = {
  adapter: adapterInfo,
  async open(name: string, size: string) {
    const make = CONTENDERS[name];
    if (!make) throw new Error(`no contender ${name}`);
    const { corpus } = prepare(size);
    current = await (await make())(corpus);
    return { name: current.name };
  },
  /** Wall milliseconds of each of `times` searches of all queries, one after the other. */
  async search(times: number): Promise<number[]> {
    if (!current) throw new Error('open() comes before search()');
    const taken: number[] = [];
    for (let i = 0; i < times; i++) {
      const start = performance.now();
      last = await current.search();
      taken.push(performance.now() - start);
    }
    return taken;
  },
  /** What is wrong with the last search, beside loops in f64; null where nothing is. */
  close(): string | null {
    const wrong = prepared && last ? whatIsWrong(prepared.corpus, prepared.wanted, last) : 'nothing was searched';
    current?.destroy();
    current = null;
    last = null;
    return wrong;
  },
};

export type SearchPage = typeof page;
Object.assign(window, { bench: page });
