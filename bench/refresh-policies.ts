// Measures reward error and recall of the refresh policies on synthetic drift: `node scripts/bench.mjs refresh-policies`.
import { DriftingModel } from '../src/retrieval/refresh/drift.test-data';
import { Refresher } from '../src/retrieval/refresh/refresher';
import type { RefreshSettings } from '../src/retrieval/refresh/settings';
import { isSmall } from './small';

const STEPS = isSmall ? 6 : 60;
const SEEDS = isSmall ? [1] : [1, 2, 3];

async function run(settings: Partial<RefreshSettings>): Promise<void> {
  const sums = new Map<string, number>();
  const add = (name: string, value: number): void => void sums.set(name, (sums.get(name) ?? 0) + value);
  let samples = 0;
  for (const seed of SEEDS) {
    const model = new DriftingModel(2000, 32, 0.03, 0.04, seed);
    const refresher = Refresher.create(await model.encodeAll(), model.dimension, { settings, graph: { m: 12 }, seed });
    for (let step = 1; step <= STEPS; step++) {
      model.advance();
      const sampled = step > STEPS / 2 && step % 3 === 0;
      const { metrics } = await refresher.step({
        step,
        queries: model.queries(32, step),
        encode: model.encode,
        ...(sampled ? { fresh: await model.encodeAll() } : {}),
      });
      add('share', (metrics['refresh/share'] ?? 0) / STEPS / SEEDS.length);
      if (!sampled) continue;
      samples++;
      for (const name of ['reward_error', 'reward_error_before', 'recall']) {
        add(name, metrics[`refresh/${name}`] ?? NaN);
      }
    }
  }
  const mean = (name: string): string => ((sums.get(name) ?? NaN) / samples).toFixed(4);
  const share = (100 * (sums.get('share') ?? NaN)).toFixed(1);
  process.stdout.write(
    `${JSON.stringify(settings)}: ${share}% a step, reward error ${mean('reward_error')}, scored before the refresh ${mean('reward_error_before')}, recall@10 ${mean('recall')}\n`,
  );
}

const policies: Partial<RefreshSettings>[] = [
  { policy: 'none' },
  { policy: 'periodic', every: 20 },
  { policy: 'local', compensation: false },
  { policy: 'local', compensation: false, oldest_share: 1 },
  { policy: 'local' },
  { policy: 'local', oldest_share: 1 },
  { policy: 'local', oldest_share: 0 },
  { policy: 'local', ridge: 0.1 },
  { policy: 'local', ridge: 10 },
  { policy: 'local', budget: 0.01 },
  { policy: 'local', budget: 0.01, compensation: false },
];
for (const settings of policies) await run(settings);
