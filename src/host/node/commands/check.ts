import * as v from 'valibot';
import { FIRST_NUMERICS, NEWEST_NUMERICS } from '../../../config/numerics';
import { readCheckpoint } from '../../../formats/huggingface';
import { readPeft } from '../../../formats/peft';
import { loraOf } from '../../../formats/peft-lora';
import { checkFiniteTensor, readSafetensors } from '../../../formats/safetensors';
import { InputError } from '../../../lib/errors';
import { checkpointTensors } from '../../../tensors/layout';
import { checkFixture, type Fixture } from '../../../training/check';
import { Arguments } from '../args';
import { openFolder, readBytes } from '../files';
import { openGpu } from '../gpu';
import { printResult } from '../output';

// `lab check`: tests the engine against references that another implementation computed.

const adamw = v.object({
  lr: v.number(),
  beta1: v.number(),
  beta2: v.number(),
  eps: v.number(),
  weight_decay: v.number(),
  clip_norm: v.number(),
});

const settingsSchema = v.variant('kind', [
  v.object({ kind: v.literal('lm'), adamw }),
  v.object({ kind: v.literal('lora'), adamw }),
  v.object({
    kind: v.literal('stage1'),
    temperature: v.number(),
    margin: v.number(),
    weight_sft: v.number(),
    weight_kl: v.number(),
    weight_infonce: v.number(),
    weight_triplet: v.number(),
  }),
  v.object({
    kind: v.literal('grpo'),
    clip_low: v.number(),
    clip_high: v.number(),
    beta: v.number(),
    group_size: v.pipe(v.number(), v.integer(), v.minValue(1)),
  }),
]);

/**
 * `check FIXTURE_DIR…`: tests the engine against references, in every order of sums, and where the device has 16-bit
 * arithmetic with products of halves too; exit 0 where all pass, else 1.
 */
export default async function run(argv: readonly string[]): Promise<number> {
  const { positionals } = new Arguments(argv, { usage: 'check FIXTURE_DIR…', positionals: ['FIXTURE_DIR…'] });
  // Everything is read before a device is opened, so that bad input costs nothing.
  const fixtures: Fixture[] = [];
  for (const folder of positionals) fixtures.push(await readFixture(folder));
  const gpu = await openGpu();
  const reports = [];
  for (const fixture of fixtures) {
    for (let numerics = FIRST_NUMERICS; numerics <= NEWEST_NUMERICS; numerics++)
      reports.push(await checkFixture(gpu, fixture, numerics));
    // An adapter is computed in f32 alone.
    if (gpu.device.features.has('shader-f16') && !fixture.adapter)
      reports.push(await checkFixture(gpu, fixture, FIRST_NUMERICS, 'f16'));
  }
  printResult(reports);
  return reports.every(({ pass }) => pass) ? 0 : 1;
}

async function readFixture(folder: string): Promise<Fixture> {
  const { read } = openFolder(folder, 'a folder with config.json, model.safetensors and a reference');
  const { arch, tensors } = await readCheckpoint(read, folder);
  const path = `${folder}/reference.json`;
  const settings = v.safeParse(settingsSchema, parseJson(readBytes(path, 'the reference of a fixture'), path));
  if (!settings.success) {
    const [issue] = settings.issues;
    throw new InputError(
      `${path}: ${v.getDotPath(issue) ?? 'kind'}: ${issue.message}, expected kind lm, lora, stage1 or grpo with its settings`,
    );
  }
  const referencePath = `${folder}/reference.safetensors`;
  const reference = readSafetensors(readBytes(referencePath, 'the reference of a fixture'), referencePath);
  const isLora = settings.output.kind === 'lora';
  const inner = isLora ? openFolder(`${folder}/adapter`, 'a folder with an adapter as PEFT writes it') : null;
  const adapter = inner
    ? loraOf(await readPeft(inner.read, arch, `${folder}/adapter`), arch, `${folder}/adapter`)
    : null;
  const baseBytes = await read('base.safetensors');
  const base = baseBytes === null ? null : new Map<string, Float32Array>();
  if (base && baseBytes) {
    const found = readSafetensors(baseBytes, `${folder}/base.safetensors`);
    for (const { name, shape } of checkpointTensors(arch)) {
      const tensor = found.get(name);
      if (!(tensor?.data instanceof Float32Array) || tensor.shape.join() !== shape.join()) {
        throw new InputError(
          `${folder}/base.safetensors: tensor ${name} is missing or misshapen, expected (${shape.join(', ')})`,
        );
      }
      checkFiniteTensor(tensor.data, name, `${folder}/base.safetensors`);
      base.set(name, tensor.data);
    }
  }
  return { name: folder, arch, tensors, base, adapter, settings: settings.output, reference };
}

function parseJson(bytes: Uint8Array, path: string): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    throw new InputError(`${path}: not JSON, expected the settings of a reference`);
  }
}
