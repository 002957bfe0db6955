import { describe, expect, it } from 'vitest';
import type { Architecture } from '../../config/architecture';
import { assertClose } from '../../lib/tolerance';
import { assertGradient } from '../../kernels/reference/finite-differences';
import { headForward, modelForward } from './model';
import { grpo, languageModelling, stage1, supervise, type Model } from './objectives';
import { pack, packMatrix } from './packing';
import { checkpointTensors } from '../../tensors/layout';
import { integers, normals } from '../../kernels/reference/test-data';

const tiny: Architecture = {
  model_type: 'llama',
  vocab_size: 11,
  hidden_size: 6,
  intermediate_size: 7,
  num_hidden_layers: 2,
  num_attention_heads: 4,
  num_key_value_heads: 2,
  head_dim: 2,
  max_position_embeddings: 16,
  rms_norm_eps: 1e-5,
  rope_theta: 100,
  tie_word_embeddings: true,
  attention_bias: false,
};
const variants: [string, Architecture][] = [
  ['llama, tied', tiny],
  ['qwen2, biased, untied', { ...tiny, model_type: 'qwen2', attention_bias: true, tie_word_embeddings: false }],
  ['qwen3, q and k normed', { ...tiny, model_type: 'qwen3', head_dim: 4, num_key_value_heads: 1 }],
];

function randomModel(architecture: Architecture, seed: number): Model {
  const parameters = new Map<string, Float64Array>();
  let tensorSeed = seed * 1000;
  for (const { name, length } of checkpointTensors(architecture)) {
    parameters.set(name, normals(length, tensorSeed++, name.includes('norm') ? 1 : 0.5));
  }
  return { architecture, parameters };
}

/** Every tensor of the model, at a few places each: all is too slow for a whole model. */
function assertAllGradients(model: Model, gradients: ReadonlyMap<string, Float64Array>, f: () => number): void {
  expect([...gradients.keys()]).toEqual([...model.parameters.keys()]);
  for (const [name, values] of model.parameters) {
    const indices = values.length <= 5 ? undefined : integers(5, values.length, values.length);
    assertGradient(name, f, values, gradients.get(name) ?? [], {
      // A whole model's fifth derivatives are large: a shorter step, and so more rounding, than for one operation.
      tolerance: { atol: 1e-8, rtol: 1e-7 },
      step: 2.5e-4,
      ...(indices ? { indices } : {}),
    });
  }
}

describe('packed batches', () => {
  it('count positions and starts per sequence', () => {
    const batch = pack([[5, 6], [7], [8, 9, 10]]);
    expect([...batch.ids]).toEqual([5, 6, 7, 8, 9, 10]);
    expect([...batch.positions]).toEqual([0, 1, 0, 0, 1, 2]);
    expect([...batch.seqStart]).toEqual([0, 0, 2, 3, 3, 3]);
    expect(packMatrix([5, 6, 7, 8], 2).seqStart).toEqual(Int32Array.of(0, 0, 2, 2));
  });

  it('are supervised by the row before each label', () => {
    const batch = pack([
      [1, 2, 3],
      [4, 5],
    ]);
    expect(supervise([9, -100, 3, 4, 5], batch)).toEqual({ rows: [1, 3], targets: [3, 5] });
  });
});

describe.each(variants)('whole-model reference: %s', (_, architecture) => {
  const model = randomModel(architecture, 1);
  const batch = pack([integers(5, 11, 1), integers(3, 11, 2)]);

  it('gives packed sequences what they have alone', () => {
    const alone = modelForward(architecture, model.parameters, pack([batch.ids.subarray(5)]));
    const { hidden } = modelForward(architecture, model.parameters, batch);
    assertClose('hidden', hidden.subarray(5 * 6), alone.hidden, { atol: 0, rtol: 0 });
    expect(headForward(architecture, model.parameters, hidden)).toHaveLength(8 * 11);
  });

  it('has the gradients of finite differences for language modelling', () => {
    const labels = Int32Array.from(batch.ids);
    labels[2] = -100;
    const { gradients } = languageModelling(model, batch, labels);
    assertAllGradients(model, gradients, () => languageModelling(model, batch, labels).loss);
  });
});

describe('whole-model reference: objectives', () => {
  const model = randomModel(tiny, 1);

  it('has the gradients of finite differences in stage 1', () => {
    const base = randomModel(tiny, 2);
    const queries = pack([integers(4, 11, 3), integers(3, 11, 4)]);
    const batch = {
      queries,
      queryLabels: Int32Array.from(queries.ids),
      documents: pack([integers(3, 11, 5), integers(2, 11, 6), integers(4, 11, 7)]),
      queryRows: [3, 6],
      documentRows: [2, 4, 8],
      positive: [2, 0],
      negative: [1, 1],
    };
    const settings = {
      temperature: 0.5,
      margin: 3,
      weight_sft: 1,
      weight_kl: 0.5,
      weight_infonce: 0.8,
      weight_triplet: 0.7,
    };
    const { gradients, loss_triplet } = stage1(model, base, batch, settings);
    expect(loss_triplet).toBeGreaterThan(0);
    assertAllGradients(model, gradients, () => stage1(model, base, batch, settings).loss);
  });

  it('has the gradients of finite differences in GRPO', () => {
    const batch = pack([integers(5, 11, 8), integers(4, 11, 9)]);
    const tokenRows = [3, 4, 7, 8];
    const settings = { clip_low: 0.2, clip_high: 0.28, beta: 0.04 };
    const recorded = { old_logprobs: [0, 0, 0, 0], ref_logprobs: [-2, -1, -3, -2], advantage: [1, 1, -1, -1] };
    const { logprobs } = grpo(model, { batch, tokenRows, ...recorded }, settings);
    // Ratios 1, 2, 0.5 and 1.1: two of the four are held by the clip.
    const old_logprobs = logprobs.map((lp, i) => lp - Math.log([1, 2, 0.5, 1.1][i]!));
    const input = { batch, tokenRows, ...recorded, old_logprobs };
    const result = grpo(model, input, settings);
    expect(result.clip_ratio).toBe(0.5);
    assertAllGradients(model, result.gradients, () => grpo(model, input, settings).loss);
  });
});
