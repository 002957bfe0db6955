import { expect } from 'vitest';
import { sessionArchitecture } from '../../config/session-checks';
import { testKernel } from '../../kernels/reference/harness';
import { withModel } from '../../model/small.test-data';
import { FrozenModel } from '../frozen-model';
import { tinySession, tinyWorld } from '../tiny.test-data';
import { GrpoBatches } from './grpo-batch';
import type { Rollout } from './grpo-rollout';

// A chat template that drops earlier thinking makes other tokens of the text than those that were sampled.
testKernel('an update learns from the ids that were sampled, never from their text written anew', async (bench) => {
  const session = tinySession({ grpo: { steps: 1, beta: 0, batch_size: 1, num_generations: 2, gate: false } });
  const world = tinyWorld(session);
  const { task, tokens } = world;
  await withModel(bench, sessionArchitecture(session, task.vocabulary.length), async (model) => {
    const frozen = new FrozenModel(model);
    const nobody = () => undefined;
    const batches = new GrpoBatches({
      ...world,
      gpu: bench.gpu,
      model,
      frozen,
      teacher: null,
      observer: { traces: nobody, graph: nobody, graphStart: nobody },
      search: () => {
        throw new Error('nothing is searched');
      },
    });
    const query = task.sampleQuery(1, false, () => 0);
    const prompt = tokens.prompt(query.text, 'think');
    // What no text has: an unknown word, padding, a word for thinking in the middle.
    const odd = [task.specials.unknown, task.specials.pad, task.modeWords.think].map((word) =>
      task.vocabulary.indexOf(word),
    );
    const completions = [[...odd, tokens.embed], [odd[1]!]].map((ids) => ({
      query,
      prompt,
      ids,
      logprobs: ids.map((_, i) => -1 - i),
      entropies: ids.map(() => 1),
    }));
    const rollout: Rollout = { queries: [query], completions, searches: [] };
    await batches.ready();
    const { batch, learnt, oldLogprobs } = batches.begin(rollout);
    expect(batch.sequences.map((sequence) => [...sequence])).toEqual(completions.map(({ ids }) => [...prompt, ...ids]));
    expect([...learnt.labels]).toEqual(completions.flatMap(({ ids }) => ids));
    expect([...oldLogprobs]).toEqual([-1, -2, -3, -4, -1]);
    batches.destroy();
    for (const objective of batches.objectives) objective.destroy();
    frozen.destroy();
  });
});
