// The page of the benchmark of generation: makes contenders and lets them write when bench/generation/plan.mjs says so.
import { adapterInfo } from '../page/adapter';
import { whatIsWrong } from './check';
import type { GenerationContender, MakeGeneration } from './contender';
import { GENERATION_SIZES, type GenerationSize } from './sizes';

/** Loaded on demand, so that no library's start-up is in another's time. */
const CONTENDERS: Record<string, () => Promise<MakeGeneration>> = {
  ours: async () => (await import('./ours')).makeOurs,
  'jax-js': async () => (await import('./jax')).makeJax,
};

let current: { contender: GenerationContender; size: GenerationSize } | null = null;
let last: number[][] = [];

const page = {
  adapter: adapterInfo,
  async open(name: string, sizeName: string) {
    const make = CONTENDERS[name];
    const size = GENERATION_SIZES.find((entry) => entry.name === sizeName);
    if (!make || !size) throw new Error(`no contender ${name} or no size ${sizeName}`);
    const contender = await (await make())(size);
    current = { contender, size };
    return { name: contender.name, tokens: size.prompts * size.perPrompt * size.tokens };
  },
  /** Wall milliseconds of each of `times` generations, from the prompts to the ids. */
  async generate(times: number): Promise<number[]> {
    if (!current) throw new Error('open() comes before generate()');
    const taken: number[] = [];
    for (let i = 0; i < times; i++) {
      const start = performance.now();
      last = await current.contender.generate();
      taken.push(performance.now() - start);
    }
    return taken;
  },
  /** What is wrong with the last completions, beside the model in f64; null where nothing is. */
  close(): string | null {
    const wrong = current ? whatIsWrong(current.size, last) : 'nothing was written';
    current?.contender.destroy();
    current = null;
    last = [];
    return wrong;
  },
};

export type GenerationPage = typeof page;
Object.assign(window, { bench: page });
