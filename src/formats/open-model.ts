import { MODEL_TYPES } from '../config/architecture';
import { InputError } from '../lib/errors';
import { openHuggingFace } from './huggingface-model';
import type { ModelFiles } from './model-files';
import { isEncoder, type AnyOpenedModel, type OpenedModel } from './opened-model';

/**
 * Opens a model that writes, as `openAnyModel` does.
 * @throws InputError for an encoder too.
 */
export async function openModel(files: ModelFiles, where: string): Promise<OpenedModel> {
  return asDecoder(await openAnyModel(files, where), where);
}

/** @throws InputError for an encoder, which has no next word. */
export function asDecoder(opened: AnyOpenedModel, where: string): OpenedModel {
  if (!isEncoder(opened)) return opened;
  throw new InputError(
    `${where}: model_type is "bert", an encoder that embeds texts and writes none, expected one that writes: ${MODEL_TYPES.join(', ')}`,
  );
}

/**
 * Opens a folder in Hugging Face layout or a GGUF file, in one piece or in splits: headers are read and checked, weights are
 * not read.
 * @param where the folder's or the file's name, for messages.
 * @throws InputError for what is no model, or one that is not read, by name.
 */
export async function openAnyModel(files: ModelFiles, where: string): Promise<AnyOpenedModel> {
  if (files.names.includes('config.json') || !files.names.some((name) => name.endsWith('.gguf'))) {
    return openHuggingFace(files, where);
  }
  const { openGguf } = await import('./gguf/open-gguf');
  return openGguf(files, where);
}
