import { describe, expect, test } from 'vitest';
import { FIRST_NUMERICS, NEWEST_NUMERICS } from '../config/numerics';
import { readCheckpoint } from '../formats/huggingface';
import { readPeft } from '../formats/peft';
import { loraOf } from '../formats/peft-lora';
import { readSafetensors } from '../formats/safetensors';
import { hasShared, sharedBytes } from '../formats/shared.test-data';
import { testKernel } from '../kernels/reference/harness';
import { readFixture } from '../model/reference/testing';
import type { Parameters } from '../model/reference/parameters';
import { MODEL_TOLERANCE } from '../lib/tolerance';
import { checkFixture, type Fixture, type FixtureSettings } from './check';

const FIXTURES = ['lm-llama', 'lm-qwen2', 'lora-llama', 'lora-qwen2', 'stage1-llama', 'grpo-llama'];

/** `reference.json`, read as the other reference tests read it. */
function settingsOf(name: string): FixtureSettings {
  const { kind, setting: at } = readFixture(name);
  if (kind === 'lm' || kind === 'lora') {
    const adamw = (key: string) => at('adamw', key);
    return {
      kind,
      adamw: {
        lr: adamw('lr'),
        beta1: adamw('beta1'),
        beta2: adamw('beta2'),
        eps: adamw('eps'),
        weight_decay: adamw('weight_decay'),
        clip_norm: adamw('clip_norm'),
      },
    };
  }
  if (kind === 'stage1') {
    return {
      kind,
      temperature: at('temperature'),
      margin: at('margin'),
      weight_sft: at('weight_sft'),
      weight_kl: at('weight_kl'),
      weight_infonce: at('weight_infonce'),
      weight_triplet: at('weight_triplet'),
    };
  }
  if (kind !== 'grpo') throw new Error(`${name}: kind ${kind}`);
  return {
    kind,
    clip_low: at('clip_low'),
    clip_high: at('clip_high'),
    beta: at('beta'),
    group_size: at('group_size'),
  };
}

async function load(name: string): Promise<Fixture> {
  const folder = `fixtures/${name}`;
  const read = (file: string) =>
    Promise.resolve(hasShared(`${folder}/${file}`) ? sharedBytes(`${folder}/${file}`) : null);
  const { arch, tensors } = await readCheckpoint(read, folder);
  const base = readFixture(name).base?.parameters;
  return {
    name,
    arch,
    tensors,
    base: base ? singlesOf(base) : null,
    adapter: hasShared(`${folder}/adapter/adapter_config.json`)
      ? loraOf(await readPeft((file) => read(`adapter/${file}`), arch, name), arch, name)
      : null,
    settings: settingsOf(name),
    reference: readSafetensors(sharedBytes(`${folder}/reference.safetensors`), name),
  };
}

const singlesOf = (parameters: Parameters) =>
  new Map([...parameters].map(([name, values]) => [name, Float32Array.from(values)]));

describe('the engine against PyTorch', () => {
  for (const name of FIXTURES) {
    if (!hasShared(`fixtures/${name}`)) {
      test.skip(`${name}: no fixture found`, () => undefined);
      continue;
    }
    for (let numerics = FIRST_NUMERICS; numerics <= NEWEST_NUMERICS; numerics++) {
      testKernel(`${name}, numerics ${numerics}`, async (bench) => {
        const fixture = await load(name);
        const report = await checkFixture(bench.gpu, fixture, numerics);
        expect(report).toMatchObject({ fixture: name, numerics, pass: true });
        const gradients = (keys: Iterable<string>) => [...keys].filter((key) => key.startsWith('grad/')).sort();
        expect(gradients(Object.keys(report.errors))).toEqual(gradients(fixture.reference.keys()));
      });
    }
    if (name.startsWith('lora')) continue;
    testKernel(
      `${name}, products of halves`,
      async (bench) => {
        const fixture = await load(name);
        const report = await checkFixture(bench.gpu, fixture, FIRST_NUMERICS, 'f16');
        expect(report).toMatchObject({ fixture: name, compute: 'f16', pass: true });
        // It is another computation than f32's, and f32's tolerance is too narrow for it.
        const worst = Math.max(
          ...Object.entries(report.errors).map(([key, error]) => (key.startsWith('grad/') ? error : 0)),
        );
        expect(worst).toBeGreaterThan(MODEL_TOLERANCE.gradient);
      },
      'shader-f16',
    );
  }

  const name = 'lm-llama';
  if (!hasShared(`fixtures/${name}`)) return;
  testKernel('a fixture whose gradient is wrong does not pass', async (bench) => {
    const fixture = await load(name);
    const tensor = 'grad/model.layers.0.self_attn.k_proj.weight';
    const { shape, data } = fixture.reference.get(tensor)!;
    const wrong = { dtype: 'F32' as const, shape, data: Float32Array.from(data, (x) => x * 1.001) };
    const reference = new Map(fixture.reference).set(tensor, wrong);
    const report = await checkFixture(bench.gpu, { ...fixture, reference });
    expect(report.pass).toBe(false);
    expect(report.errors[tensor]).toBeGreaterThan(5e-4);
  });
});
