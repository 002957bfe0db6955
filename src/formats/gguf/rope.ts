import type { Architecture, RopeScaling } from '../../config/architecture';
import { ropeFrequencies } from '../../config/rope-frequencies';
import { InputError } from '../../lib/errors';
import { quote } from '../json';
import { readWholeFile, type ModelFiles } from '../model-files';
import type { GgufTensor, Metadata } from './header';
import { ROPE_DIVISORS } from './names';

/** The other parameters of llama3's scaling, the same in every Llama 3 model, which a GGUF file leaves out. */
const LLAMA3 = { low_freq_factor: 1, high_freq_factor: 4, original_max_position_embeddings: 8192 };
/** Divisors are written in 32 bits. */
const NEAR = 1e-5;

/**
 * Reads how rotary frequencies are stretched, from the metadata (`linear`) or from a tensor of divisors, which is how
 * llama3's scaling is written.
 * @param shape of the model, without it.
 * @returns undefined where they are not stretched.
 * @throws InputError for another kind, by name, or divisors of no supported kind.
 */
export async function ggufRopeScaling(
  metadata: Metadata,
  tensor: GgufTensor | undefined,
  shape: Pick<Architecture, 'model_type' | 'head_dim' | 'rope_theta'>,
  files: ModelFiles,
  where: string,
): Promise<RopeScaling | undefined> {
  const key = `${shape.model_type}.rope.scaling`;
  const type = metadata.get(`${key}.type`) ?? 'none';
  if (type !== 'none' && type !== 'linear') {
    throw new InputError(`${where}: ${key}.type is ${quote(type)}, expected none or linear`);
  }
  const named = type === 'linear' ? linear(metadata.get(`${key}.factor`), `${where}: ${key}.factor`) : undefined;
  if (tensor === undefined) return named;
  const scaling = scalingOf(await divisorsOf(tensor, shape.head_dim / 2, files, where), shape, where);
  if (named && scaling) {
    throw new InputError(`${where}: both ${key}.type and ${ROPE_DIVISORS} stretch rotary frequencies, expected one`);
  }
  return named ?? scaling;
}

function linear(factor: unknown, where: string): RopeScaling {
  if (typeof factor === 'number') return { rope_type: 'linear', factor };
  throw new InputError(`${where} is ${quote(factor)}, expected a number, because the scaling is linear`);
}

async function divisorsOf(
  { file, from, type, shape }: GgufTensor,
  pairs: number,
  files: ModelFiles,
  where: string,
): Promise<Float32Array> {
  if (type !== 'F32' || shape.join() !== String(pairs)) {
    throw new InputError(
      `${where}: ${ROPE_DIVISORS} is ${type} with ${shape.join(' × ')} elements, expected F32 with ${pairs}, one a pair`,
    );
  }
  const bytes = await readWholeFile(files, file, where, from, from + 4 * pairs);
  return new Float32Array(Uint8Array.from(bytes).buffer);
}

function scalingOf(
  divisors: Float32Array,
  { head_dim, rope_theta }: Pick<Architecture, 'head_dim' | 'rope_theta'>,
  where: string,
): RopeScaling | undefined {
  const factor = divisors.at(-1)!;
  if (divisors.every((divisor) => divisor === 1)) return undefined;
  const plain = ropeFrequencies(head_dim, rope_theta);
  const kinds: RopeScaling[] = [
    { rope_type: 'linear', factor },
    { rope_type: 'llama3', factor, ...LLAMA3 },
  ];
  const found = kinds.find((scaling) => {
    const scaled = ropeFrequencies(head_dim, rope_theta, scaling);
    return divisors.every((divisor, i) => Math.abs((divisor * scaled[i]!) / plain[i]! - 1) < NEAR);
  });
  if (found) return found;
  throw new InputError(
    `${where}: ${ROPE_DIVISORS} divides rotary frequencies by up to ${factor}, expected as linear or llama3 scaling of 8,192 positions does`,
  );
}
