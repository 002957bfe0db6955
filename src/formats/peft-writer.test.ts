import { describe, expect, it } from 'vitest';
import type { LoraSettings } from '../config/lora';
import { tensorLayout } from '../tensors/layout';
import { readPeft } from './peft';
import { loraOf, type Lora } from './peft-lora';
import { peftBase } from './peft-files';
import { writePeft } from './peft-writer';
import { tinyQwen3 as arch } from './tiny-qwen3.test-data';

const BASE = { name: 'owner/base', revision: null };

function lora(more: Partial<LoraSettings> = {}): Lora {
  const settings: LoraSettings = { rank: 2, alpha: 6, rslora: false, targets: ['q_proj', 'v_proj', 'down_proj'], embedToken: 5, ...more }; // prettier-ignore
  const parts = tensorLayout(arch, { adapter: settings }).flatMap((tensor) =>
    tensor.group === 'frozen' ? [] : tensor.parts,
  );
  const tensors = new Map(
    parts.map(({ name, length }, t) => [name, Float32Array.from({ length }, (_, i) => (t + 1) / (i + 3))]),
  );
  return { settings, tensors };
}

const written = (of: Lora) => {
  const files = writePeft(of, arch, BASE);
  return {
    config: JSON.parse(new TextDecoder().decode(files.get('adapter_config.json'))) as unknown,
    back: () => readPeft((name) => Promise.resolve(files.get(name) ?? null), arch, 'a'),
  };
};

describe('an adapter that is written in PEFT layout', () => {
  it('is read again as it was', async () => {
    const of = lora();
    const found = loraOf(await written(of).back(), arch, 'a');
    expect(found.settings).toEqual(of.settings);
    expect(found.tensors).toEqual(of.tensors);
  });

  it('says its rank, its scale, its targets and its token in PEFT’s words', async () => {
    const of = written(lora({ rslora: true, rank: 4, targets: ['k_proj'], embedToken: null }));
    expect(of.config).toMatchObject({
      peft_type: 'LORA',
      base_model_name_or_path: 'owner/base',
      r: 4,
      lora_alpha: 6,
      use_rslora: true,
      target_modules: ['k_proj'],
      trainable_token_indices: null,
    });
    const { pairs, rows } = await of.back();
    expect([...pairs.keys()]).toEqual([0, 1].map((layer) => `model.layers.${layer}.self_attn.k_proj.weight`));
    expect(pairs.get('model.layers.0.self_attn.k_proj.weight')?.scale).toBe(3);
    expect(rows.size).toBe(0);
    expect(written(lora()).config).toMatchObject({ trainable_token_indices: { embed_tokens: [5] } });
  });

  it('is refused where a tensor is missing or of another shape, or the rank is above a matrix', () => {
    const { settings, tensors } = lora();
    const [[name, values] = ['', new Float32Array()]] = tensors;
    const other = (length: number | null) =>
      new Map([...tensors].flatMap(([key, own]) => (key !== name ? [[key, own]] : length === null ? [] : [[key, values.subarray(0, length)]]))); // prettier-ignore
    expect(() => writePeft({ settings, tensors: other(null) }, arch, BASE)).toThrow(`the adapter's ${name} has no numbers, expected ${values.length} for this qwen3`); // prettier-ignore
    expect(() => writePeft({ settings, tensors: other(3) }, arch, BASE)).toThrow(`${name} has 3 numbers`);
    expect(() => writePeft({ settings: { ...settings, rank: 7 }, tensors }, arch, BASE)).toThrow("the adapter's rank is 7, expected at most 6"); // prettier-ignore
  });

  it('names a base that can be fetched by its id and its commit', () => {
    expect(peftBase({ name: 'Tiny', from: 'https://hub.example/owner/tiny/tree/0123abc', sha256: 'ab' })).toEqual({ name: 'owner/tiny', revision: '0123abc' }); // prettier-ignore
    expect(peftBase({ name: 'Tiny', from: '', sha256: 'ab' })).toEqual({ name: 'Tiny', revision: null });
  });
});
