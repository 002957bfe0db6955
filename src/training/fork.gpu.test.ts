import { expect } from 'vitest';
import { checkAncestors, type Ancestors } from '../config/ancestors';
import { applySettings } from '../config/edit-session';
import { parseSession } from '../config/parse-session';
import { secondsSession } from '../config/seconds.test-data';
import type { Session } from '../config/session';
import type { Gpu } from '../gpu/gpu';
import { testWithGpu } from '../gpu/testing';
import type { EvaluationPoint } from '../records/records';
import { decodeLink, encodeLink } from '../session/link';
import { readRunState, writeRunState } from './run-state-file';
import { SessionRun, type RunState } from './session-run';

/** The parent of the forks: stage 0 up to step 4, stage 1 with its KL term up to 9, stage 2 up to 13. */
const parent = parseSession(
  secondsSession({
    pretrain: { steps: 4 },
    sft: { steps: 5, weight_kl: 0.1 },
    grpo: { steps: 4 },
    environment: { budget: 0.2 },
    evaluation: { every: 3, final_queries_per_depth: 4 },
    checkpoint: { every: 2 },
  }),
  'parent',
);

interface Told {
  states: RunState[];
  evaluations: EvaluationPoint[];
  starts: number[];
}

function begin(gpu: Gpu, session: Session, ancestors: Ancestors = []): { run: SessionRun; told: Told } {
  const told: Told = { states: [], evaluations: [], starts: [] };
  const run = new SessionRun(
    gpu,
    session,
    {
      metrics: () => undefined,
      evaluation: (point) => told.evaluations.push(point),
      traces: () => undefined,
      graph: () => undefined,
      graphStart: ({ step }) => told.starts.push(step),
      checkpoint: (state) => Promise.resolve(void told.states.push(state)),
    },
    undefined,
    ancestors,
  );
  return { run, told };
}

testWithGpu('a fork from a kept state is the fork that its link runs from the start', async ({ gpu }) => {
  const first = begin(gpu, parent);
  while (await first.run.advance());
  const { value, perStep } = first.run.fingerprintSoFar;

  const forks: [step: number, settings: string[]][] = [
    // Within stage 1, whose KL term measures from what stage 1 began with.
    [6, ['sft.learning_rate=0.0005', 'sft.batch_size=4', 'sft.steps=6', 'evaluation.every=1']],
    // Between stages 1 and 2.
    [9, ['grpo.steps=3', 'environment.M=4']],
    // Within stage 2, with its graph.
    [10, ['grpo.learning_rate=0.002', 'grpo.num_generations=3', 'grpo.steps=3']],
  ];
  for (const [step, settings] of forks) {
    const child = applySettings(parent, settings);
    const ancestors = [{ session: parent, step, link: perStep[step - 1]! }];
    checkAncestors(child, ancestors);
    const state = first.told.states.find((kept) => kept.step === step)!;

    const kept = begin(gpu, child, ancestors);
    await kept.run.restore(readRunState(writeRunState(state, 'hash'), 'hash', 'state'));
    while (await kept.run.advance());

    const shared = decodeLink(encodeLink({ session: child, ancestors }));
    const again = begin(gpu, shared.session, shared.ancestors);
    // However its steps are cut: a stop just before the fork, and one at it.
    await again.run.advance(1);
    while (await again.run.advance(step - 1));

    const found = again.run.fingerprintSoFar;
    expect(found.value, `fork at step ${step}`).toBe(kept.run.fingerprintSoFar.value);
    expect(found.perStep).toHaveLength(child.pretrain.steps + child.sft.steps + child.grpo.steps);
    expect(found.perStep.slice(0, step)).toEqual(perStep.slice(0, step));
    expect(found.perStep[step]).not.toBe(perStep[step]);
    expect(await again.run.finalEvaluation()).toEqual(await kept.run.finalEvaluation());
    // The fork keeps a state of its own where it leaves its parent, and evaluates as its own session says from there.
    expect(again.told.states.map((found) => found.step)).toContain(step);
    expect(again.told.evaluations.filter((point) => point.step > step)).toEqual(kept.told.evaluations);
    expect(again.told.evaluations.filter((point) => point.step <= step)).toEqual(
      first.told.evaluations.filter((point) => point.step <= step),
    );
    expect(again.told.starts).toEqual([child.pretrain.steps + child.sft.steps]);
    kept.run.destroy();
    again.run.destroy();
  }

  // A fork that changes nothing is its parent.
  const same = begin(gpu, parent, [{ session: parent, step: 7, link: '' }]);
  while (await same.run.advance());
  expect(same.run.fingerprintSoFar.value).toBe(value);
  same.run.destroy();
  first.run.destroy();
});
