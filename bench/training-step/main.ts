// The page of the benchmark: makes contenders and runs their steps when scripts/bench-page.mjs says so.
import { adapterInfo } from '../page/adapter';
import type { Contender, MakeContender } from './contender';
import { SIZES } from './sizes';

/** Loaded on demand, so that no library's start-up is in another's time. */
const CONTENDERS: Record<string, () => Promise<MakeContender>> = {
  ours: async () => (await import('./ours')).makeOurs,
  'jax-js': async () => (await import('./jax')).makeJax,
  tfjs: async () => (await import('./tfjs')).makeTfjs,
};

let current: Contender | null = null;

const page = {
  adapter: adapterInfo,
  async open(name: string, sizeName: string) {
    const make = CONTENDERS[name];
    const size = SIZES.find((entry) => entry.name === sizeName);
    if (!make || !size) throw new Error(`no contender ${name} or no size ${sizeName}`);
    const contender = await (await make())(size);
    current = contender;
    return { name: contender.name, parameters: contender.parameters };
  },
  /** Wall milliseconds of one step, from its call until the GPU has finished it. */
  async step(): Promise<number> {
    if (!current) throw new Error('open() comes before step()');
    const start = performance.now();
    await current.step();
    return performance.now() - start;
  },
  async close(): Promise<number[]> {
    const losses = (await current?.losses()) ?? [];
    current?.destroy();
    current = null;
    return losses;
  },
};

Object.assign(window, { bench: page });
