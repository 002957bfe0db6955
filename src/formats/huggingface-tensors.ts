import type { Architecture } from '../config/architecture';
import { InputError } from '../lib/errors';
import { checkpointTensors, HEAD } from '../tensors/layout';

interface Described {
  readonly dtype: string;
  readonly shape: readonly number[];
}

/** Drops what the forward pass does not read; `Qwen3Model` and its like save their tensors without `model.`. */
function canonicalNames<T>(arch: Architecture, tensors: ReadonlyMap<string, T>): Map<string, T> {
  const prefix = tensors.has('embed_tokens.weight') && !tensors.has('model.embed_tokens.weight') ? 'model.' : '';
  const kept = new Map<string, T>();
  for (const [name, tensor] of tensors) {
    if (name.endsWith('rotary_emb.inv_freq')) continue;
    if (name === HEAD) {
      if (!arch.tie_word_embeddings) kept.set(name, tensor);
    } else kept.set(prefix + name, tensor);
  }
  return kept;
}

/**
 * The tensors of a checkpoint under the names of `checkpointTensors`, each held to its shape.
 * @throws InputError for a tensor that is missing, misshapen or none of this architecture's.
 */
export function matchedTensors<T extends Described>(
  arch: Architecture,
  read: ReadonlyMap<string, T>,
  where: string,
): Map<string, T> {
  const found = canonicalNames(arch, read);
  if (arch.num_hidden_layers > found.size) {
    throw new InputError(
      `${where}: ${found.size} tensors, expected those of ${arch.num_hidden_layers} layers as config.json says`,
    );
  }
  return heldTo(checkpointTensors(arch), found, arch.model_type, where);
}

/**
 * The tensors that are expected, each held to its shape.
 * @param kind of the model, for the message.
 * @throws InputError for a tensor that is missing, misshapen or not expected.
 */
export function heldTo<T extends Described>(
  expected: readonly { name: string; shape: readonly number[] }[],
  found: ReadonlyMap<string, T>,
  kind: string,
  where: string,
): Map<string, T> {
  const tensors = new Map<string, T>();
  for (const { name, shape } of expected) {
    const tensor = found.get(name);
    if (tensor === undefined) {
      throw new InputError(`${where}: tensor ${name} is missing, expected with shape [${shape.join(', ')}]`);
    }
    if (tensor.shape.join() !== shape.join()) {
      throw new InputError(
        `${where}: tensor ${name} has shape [${tensor.shape.join(', ')}], expected [${shape.join(', ')}]`,
      );
    }
    tensors.set(name, tensor);
  }
  for (const name of found.keys()) {
    if (!tensors.has(name)) {
      throw new InputError(`${where}: tensor ${name} is not one of a ${kind}, expected only those of config.json`);
    }
  }
  return tensors;
}
