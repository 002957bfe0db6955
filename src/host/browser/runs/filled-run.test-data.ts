import { parseSession } from '../../../config/parse-session';
import type { RunState } from '../../../training/session-run';
import { OwnLocks } from './locks';
import { MemoryFolder } from './memory-files';
import { RunStore } from './run-store';

export const session = parseSession({ seed: 3, pretrain: { steps: 0 }, sft: { steps: 2 }, grpo: { steps: 2 } });
const DOCUMENTS = 2;
export const state: RunState = {
  step: 4,
  weights: [Float32Array.of(1, -2, 0.5)],
  stage: null,
  base: null,
  fingerprint: { chain: 'ab'.repeat(32), steps: ['0123456789ab'] },
};
export const written = {
  query: 'q',
  completion: 0,
  ids: [1],
  text: 'a',
  logprobs: [-0.5],
  entropies: [1],
  reward: 1,
  rank: 1,
};

/** A finished run of two stages with a line in every journal, in a store of its own. */
export async function filled(of = session): Promise<{ store: RunStore; id: string }> {
  const store = new RunStore(new MemoryFolder(), new OwnLocks());
  const run = await store.create(of, { group: 'three seeds' }, 'an adapter');
  const plan = { stages: [], totalSteps: 4, documents: DOCUMENTS, parameters: 3, vocabulary: 9 };
  await run.change({ plan });
  run.addMetrics([1, 2].map((step) => ({ step, stage: 'sft', loss: 1 / step })));
  run.addDev([{ step: 2, ...written }]);
  run.addEvaluation({ step: 2, stage: 'sft', arms: {} });
  run.addStart(
    { step: 2, degree_bound: 2, counts: Int32Array.of(1, 1), neighbours: Int32Array.of(1, 0) },
    Float32Array.of(0, 0, 1, 1),
  );
  for (const step of [3, 4]) {
    run.addTraces([0, 1].map((completion) => ({ step, ...written, completion, advantage: 0 })));
    const graph = { reencoded: [], added: [], removed: [], compensated: { count: 0, mean_drift: 0 }, searches: [] };
    run.addRefresh({ step, ...graph, recall: null, reward_error: null }, Float32Array.of(step, 0, 1, 1));
    run.addMetrics([{ step, stage: 'grpo', loss: NaN, reward: 0.5 }]);
  }
  await run.saveState(state);
  await run.change({ status: 'finished', fingerprint: { fingerprint: 'cd'.repeat(32), steps: ['0123456789ab'] } });
  run.close();
  await store.change(run.id, { title: 'Ours', notes: 'two\nlines', tags: ['x'] });
  return { store, id: run.id };
}
