import { describe, expect, it } from 'vitest';
import { boundOf } from '../gpu/roofline';
import { DEVICES } from '../gpu/devices';
import { rehearse, type RehearsedStep } from './rehearsal';
import { tinySession } from './tiny.test-data';

const session = tinySession({ pretrain: { steps: 3 }, sft: { steps: 2 }, grpo: { steps: 1, gate: false } });
const flopsOf = ({ dispatches }: RehearsedStep, kernel: RegExp): number =>
  dispatches.filter((d) => kernel.test(d.kernel)).reduce((sum, { flops, times }) => sum + flops * times, 0);

describe('a rehearsed session', () => {
  it('has a step of each stage, the same each time, every dispatch with work and a bound', async () => {
    const steps = await rehearse(session, 'apple');
    expect(steps.map(({ stage }) => stage)).toEqual(['pretrain', 'sft', 'grpo']);
    expect(await rehearse(session, 'apple')).toEqual(steps);
    for (const { tokens, dispatches } of steps) {
      expect(tokens).toBeGreaterThan(0);
      for (const dispatch of dispatches) {
        expect(dispatch.workgroups, dispatch.kernel).toBeGreaterThanOrEqual(0);
        expect(Number.isFinite(dispatch.flops + dispatch.bytes), dispatch.kernel).toBe(true);
        expect(boundOf(DEVICES.m2, dispatch).total).toBeGreaterThanOrEqual(DEVICES.m2.launch);
      }
    }
  });

  it('multiplies two operations a weight and token forward, and four backward, but for the head and the embedding', async () => {
    const [pretrain] = await rehearse(session, 'apple');
    const { hidden_size: C, intermediate_size: F, num_hidden_layers: layers, ...a } = session.model;
    const qkv = C + 2 * a.num_key_value_heads * (C / a.num_attention_heads);
    const weights = layers * (C * qkv + C * C + 3 * C * F);
    const least = 6 * weights * pretrain!.tokens;
    const products = flopsOf(pretrain!, /^matmul/);
    expect(products).toBeGreaterThan(least);
    // The rest is the head, on the rows that are learnt from.
    expect(products).toBeLessThan(2 * least);
  });

  it('writes every token of every completion in stage 2', async () => {
    const policy = (await rehearse(session, 'apple'))[2]!;
    const runs = policy.dispatches.filter(({ kernel }) => kernel === 'sample_token');
    const { grpo } = session;
    // One behind the prompts, and one behind each token.
    expect(runs.reduce((sum, { times }) => sum + times, 0)).toBe(1 + grpo.max_completion_length);
  });
});
