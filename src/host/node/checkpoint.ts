import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { merged } from '../../formats/merged-source';
import { asDecoder, openAnyModel } from '../../formats/open-model';
import { isEncoder, type AnyOpenedModel, type OpenedModel } from '../../formats/opened-model';
import { readPeft } from '../../formats/peft';
import type { Tokenizer } from '../../formats/tokenizer';
import type { Gpu } from '../../gpu/gpu';
import { InputError } from '../../lib/errors';
import type { Model } from '../../model/model';
import type { EmbeddingModel } from '../../training/benchmark/embedder';
import type { EmbeddingPrompts } from '../../training/benchmark/embedding-prompts';
import { loadEmbedding, loadModel, openedPrompts, openedTokenizer } from '../../training/opened-model';
import { openFolder } from './files';
import { modelFilesAt } from './model-files';
import { pathOfModel } from './model-store';

interface Loaded {
  folder: string;
  /** The folder of the run whose adapter this is, where there is one. */
  run?: string;
}

export type LoadedCheckpoint = OpenedModel & Loaded;
/** A model that texts are embedded with: a checkpoint, or an encoder. */
export type LoadedEmbedder = AnyOpenedModel & Loaded;

/**
 * Opens and checks a model that writes: a folder in Hugging Face layout, a .gguf file, or the hash of a kept model.
 * Needs no device.
 * @param named as on the command line.
 * @param adapter a folder in PEFT's layout, which is merged into it as it is read.
 */
export async function loadCheckpoint(named: string, adapter: string | null = null): Promise<LoadedCheckpoint> {
  const { folder, opened } = await openNamed(named);
  const decoder = asDecoder(opened, folder);
  return adapter === null ? { folder, ...decoder } : withAdapter(folder, decoder, adapter);
}

/**
 * Opens and checks a model that embeds, which may also be a `bert` encoder; only a model that writes takes an adapter.
 */
export async function loadEmbedder(named: string, adapter: string | null = null): Promise<LoadedEmbedder> {
  const { folder, opened } = await openNamed(named);
  return adapter === null ? { folder, ...opened } : withAdapter(folder, asDecoder(opened, folder), adapter);
}

async function openNamed(named: string): Promise<{ folder: string; opened: AnyOpenedModel }> {
  const folder = pathOfModel(named);
  const files = await modelFilesAt(
    folder,
    'a checkpoint in Hugging Face layout, a .gguf file or the hash of a kept model',
  );
  return { folder, opened: await openAnyModel(files, folder) };
}

async function withAdapter(folder: string, opened: OpenedModel, adapter: string): Promise<LoadedCheckpoint> {
  const { read } = openFolder(adapter, "an adapter in PEFT's layout");
  const run = dirname(resolve(adapter));
  const trained = merged(opened, await readPeft(read, opened.arch, adapter));
  return { folder, ...trained, ...(existsSync(join(run, 'session.json')) ? { run } : {}) };
}

/**
 * Checks that a model can write.
 * @throws InputError for an encoder, or a checkpoint without a head.
 * @param what the command that needs it.
 */
export function checkHead(checkpoint: LoadedEmbedder, what: string): void {
  const { folder } = checkpoint;
  if (isEncoder(checkpoint)) {
    throw new InputError(`${folder}: a bert encoder, which writes nothing, expected a model that writes for ${what}`);
  }
  if (!checkpoint.hasHead) {
    throw new InputError(
      `${folder}: lm_head.weight is missing and tie_word_embeddings is false, expected a head for ${what}; encode needs none`,
    );
  }
}

/** Loads a checkpoint onto the GPU, its matrices as they are stored. */
export const checkpointModel = (gpu: Gpu, checkpoint: LoadedCheckpoint): Promise<Model> => loadModel(gpu, checkpoint);

/** Loads a model that embeds onto the GPU. */
export const embedderOf = (gpu: Gpu, checkpoint: LoadedEmbedder): Promise<EmbeddingModel> =>
  loadEmbedding(gpu, checkpoint);

/**
 * The tokenizer of a checkpoint.
 * @throws InputError where the folder has none, or one that is larger than the model's vocabulary.
 */
export const tokenizerOf = (checkpoint: LoadedEmbedder): Tokenizer => openedTokenizer(checkpoint, checkpoint.folder);

/**
 * The prompts with which a model's texts are embedded: as its folder says, else with the token that ends a text.
 * @throws InputError for an adapter that a run trained, whose prompts and embed token are its session's; where there is
 * no tokenizer, one without an embed token, or an unsupported way of embedding.
 */
export async function checkpointPrompts(checkpoint: LoadedEmbedder): Promise<EmbeddingPrompts> {
  const { run } = checkpoint;
  if (run !== undefined) {
    throw new InputError(
      `--adapter: the checkpoint of a run, whose prompts and embed token stand in its session, expected the model that lab export ${basename(run)} --to sentence-transformers writes`,
    );
  }
  return (await openedPrompts(checkpoint, checkpoint.folder)).prompts;
}
