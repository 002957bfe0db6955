import { describe, expect } from 'vitest';
import { applySettings } from '../config/edit-session';
import { defaultSession } from '../config/session';
import { testWithGpu } from '../gpu/testing';
import { decodeLink, encodeLink } from '../session/link';
import { SessionRun } from './session-run';
import { SILENT } from './silent';

describe('the task that the recipe adds', () => {
  testWithGpu('trains for a few steps through all stages, from its own link', async ({ gpu }) => {
    const set = ['task.name=reverse', 'task.letters=4', 'task.longest=2', 'pretrain.steps=2', 'sft.steps=2'];
    const more = [
      'sft.batch_size=8',
      'grpo.steps=1',
      'grpo.batch_size=4',
      'grpo.max_completion_length=4',
      'grpo.gate=false',
    ];
    const small = ['model.hidden_size=16', 'model.num_hidden_layers=1', 'evaluation.every=0', 'evaluation.bootstrap=0'];
    const session = applySettings(defaultSession, [...set, ...more, ...small, 'grpo.reward_k=5']);
    const { session: opened } = decodeLink(encodeLink({ session }));
    expect(opened).toEqual(session);
    expect(opened.task).toEqual({ name: 'reverse', letters: 4, longest: 2, held_out: 0.2 });

    const run = new SessionRun(gpu, opened, SILENT);
    expect(run.task.documents).toHaveLength(4 + 16);
    while (await run.advance());
    expect(run.step).toBe(5);
    const { test } = await run.finalEvaluation();
    expect(test?.reasoning?.success_1).toBeGreaterThanOrEqual(0);
    run.destroy();
  });
});
