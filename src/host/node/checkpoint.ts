import type { Architecture } from '../../config/architecture';
import { readCheckpoint, type Checkpoint } from '../../formats/huggingface';
import { Tokenizer } from '../../formats/tokenizer';
import type { Gpu } from '../../gpu/gpu';
import { InputError } from '../../lib/errors';
import { Model } from '../../model/model';
import { EmbeddingPrompts } from '../../training/benchmark/embedding-prompts';
import { openFolder } from './files';

export interface LoadedCheckpoint extends Checkpoint {
  folder: string;
}

/** Reads and checks a checkpoint in Hugging Face layout; needs no device. */
export async function loadCheckpoint(folder: string): Promise<LoadedCheckpoint> {
  const { read } = openFolder(folder, 'a checkpoint in Hugging Face layout');
  return { folder, ...(await readCheckpoint(read, folder)) };
}

/** @throws InputError where the checkpoint has no head, which words are made with. @param what needs it. */
export function checkHead({ folder, hasHead }: LoadedCheckpoint, what: string): void {
  if (!hasHead) {
    throw new InputError(
      `${folder}: lm_head.weight is missing and tie_word_embeddings is false, expected a head for ${what}; encode needs none`,
    );
  }
}

export function modelOf(gpu: Gpu, { arch, tensors }: Pick<LoadedCheckpoint, 'arch' | 'tensors'>): Model {
  const model = new Model(gpu, arch);
  model.weights.load(tensors);
  return model;
}

/** @throws InputError where the folder has no tokenizer, or one that is larger than the model's vocabulary. */
export function tokenizerOf({ folder, arch, tokenizer }: LoadedCheckpoint): Tokenizer {
  if (!tokenizer) throw new InputError(`${folder}: no tokenizer.json, expected one beside the weights`);
  const loaded = new Tokenizer(tokenizer, folder);
  checkSize(loaded.size, arch, folder);
  return loaded;
}

/** @throws InputError where there is no tokenizer, or one without an embed token. */
export const promptsOf = (checkpoint: LoadedCheckpoint): EmbeddingPrompts =>
  new EmbeddingPrompts(tokenizerOf(checkpoint), checkpoint.arch.max_position_embeddings, checkpoint.folder);

function checkSize(size: number, arch: Architecture, folder: string): void {
  if (size > arch.vocab_size) {
    throw new InputError(
      `${folder}/tokenizer.json: ${size} tokens, expected at most the model's vocab_size, ${arch.vocab_size}`,
    );
  }
}
