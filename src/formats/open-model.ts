import { openHuggingFace } from './huggingface-model';
import type { ModelFiles } from './model-files';
import type { OpenedModel } from './opened-model';

/**
 * Opens a folder in Hugging Face layout or a GGUF file, in one piece or in splits: headers are read and checked, weights are
 * not read.
 * @param where the folder's or the file's name, for messages.
 * @throws InputError for what is no model, or one that is not read, by name.
 */
export async function openModel(files: ModelFiles, where: string): Promise<OpenedModel> {
  if (files.names.includes('config.json') || !files.names.some((name) => name.endsWith('.gguf'))) {
    return openHuggingFace(files, where);
  }
  const { openGguf } = await import('./gguf/open-gguf');
  return openGguf(files, where);
}
