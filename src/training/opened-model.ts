import { isEncoder, type AnyOpenedModel, type OpenedEncoder, type OpenedModel } from '../formats/opened-model';
import { Tokenizer } from '../formats/tokenizer';
import type { Gpu } from '../gpu/gpu';
import { InputError } from '../lib/errors';
import type { BertModel } from '../model/bert/bert-model';
import { Model } from '../model/model';
import type { TensorSet } from '../tensors/tensor-set';
import { EmbeddingPrompts } from './benchmark/embedding-prompts';

/**
 * An opened model on the GPU, frozen, its matrices as they are stored; they are read a few rows at a time.
 * @param onProgress bytes written so far, and in all; it may throw to end the loading.
 * @throws InputError for a file that ends early or holds NaN; GpuOutOfMemoryError; nothing is left on the GPU then.
 */
export async function loadModel(
  gpu: Gpu,
  opened: Pick<OpenedModel, 'arch' | 'weights' | 'tensorDtype'>,
  onProgress?: (written: number, all: number) => void,
): Promise<Model> {
  return streamed(
    gpu,
    opened,
    () => new Model(gpu, opened.arch, { trained: () => false, dtype: opened.tensorDtype }),
    onProgress,
  );
}

/** An opened model or encoder on the GPU, to embed with. @throws as `loadModel` does. */
export async function loadEmbedding(
  gpu: Gpu,
  opened: AnyOpenedModel,
  onProgress?: (written: number, all: number) => void,
): Promise<Model | BertModel> {
  return isEncoder(opened) ? loadEncoder(gpu, opened, onProgress) : loadModel(gpu, opened, onProgress);
}

async function loadEncoder(
  gpu: Gpu,
  opened: OpenedEncoder,
  onProgress?: (written: number, all: number) => void,
): Promise<BertModel> {
  const { BertModel } = await import('../model/bert/bert-model');
  return streamed(gpu, opened, () => new BertModel(gpu, opened.arch, { dtype: opened.tensorDtype }), onProgress);
}

/** Makes a model and writes its weights; where that fails, nothing is left on the GPU. */
async function streamed<Made extends { weights: TensorSet; destroy: () => void }>(
  gpu: Gpu,
  { weights }: Pick<AnyOpenedModel, 'weights'>,
  make: () => Made,
  onProgress?: (written: number, all: number) => void,
): Promise<Made> {
  const made: Made[] = [];
  try {
    await gpu.guarded('weights', () => made.push(make()));
    const model = made[0]!;
    await model.weights.stream(weights, onProgress);
    return model;
  } catch (error) {
    for (const model of made) model.destroy();
    throw error;
  }
}

/**
 * The tokenizer of an opened model.
 * @param where its folder's or file's name, for messages.
 * @throws InputError where it has none, or one that is larger than the model's vocabulary.
 */
export function openedTokenizer(
  { arch, tokenizer }: Pick<AnyOpenedModel, 'arch' | 'tokenizer'>,
  where: string,
): Tokenizer {
  if (!tokenizer) throw new InputError(`${where}: no tokenizer.json, expected one beside the weights`);
  const loaded = new Tokenizer(tokenizer, where);
  if (loaded.size <= arch.vocab_size) return loaded;
  throw new InputError(
    `${where}/tokenizer.json: ${loaded.size} tokens, expected at most the model's vocab_size, ${arch.vocab_size}`,
  );
}

/**
 * Makes the prompts with which an opened model's texts are embedded: as its folder says, else with the token that ends
 * a text.
 * @throws InputError as `openedTokenizer` does, where no token embeds, or for a way of embedding that is not supported.
 */
export async function openedPrompts(
  opened: Pick<AnyOpenedModel, 'arch' | 'tokenizer' | 'embedder'>,
  where: string,
): Promise<{ tokenizer: Tokenizer; prompts: EmbeddingPrompts }> {
  const tokenizer = openedTokenizer(opened, where);
  const positions = opened.arch.max_position_embeddings;
  return { tokenizer, prompts: new EmbeddingPrompts(tokenizer, positions, where, await opened.embedder()) };
}
