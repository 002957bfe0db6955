import { hasNewRow } from '../../formats/embed-token';
import { tokenizerFiles } from '../../formats/huggingface';
import { merged } from '../../formats/merged-source';
import type { OpenedModel } from '../../formats/opened-model';
import type { PeftAdapter } from '../../formats/peft';
import type { PeftBase } from '../../formats/peft-files';
import { loraOf } from '../../formats/peft-lora';
import { writePeft } from '../../formats/peft-writer';
import type { FloatDtype } from '../../formats/safetensors';
import { endingIn, sentenceTransformersFiles } from '../../formats/sentence-transformers';
import { openedFiles, type FileContents } from '../../formats/streamed-checkpoint';
import { InputError } from '../../lib/errors';
import { openedPrompts } from '../opened-model';
import { exportCard, type CardRun } from './card';
import type { RunEmbedding } from './run-embedding';

/** A model to be exported as a folder. */
export interface TakenModel {
  opened: OpenedModel;
  title: string;
  /** The model's name in messages. */
  where: string;
  /** How it embeds, where that differs from what its own files say. */
  embedding?: RunEmbedding;
  /** The run that trained it. */
  run?: CardRun | null;
}

export interface FolderOptions {
  /** The dtype of the exported weights. */
  dtype: FloatDtype;
  /** Whether `sentence-transformers` can load it, beside `transformers`. */
  embeds: boolean;
  /** The adapter that is merged into the weights. */
  adapter?: PeftAdapter | null;
}

/**
 * A model as a folder in Hugging Face layout, by name: configuration, weights, tokenizer, chat template and generation
 * settings, with a card. Its weights are read as they are written, a few rows at a time.
 * @throws InputError where it is to embed and cannot.
 */
export async function modelFolder(
  model: TakenModel,
  { dtype, embeds, adapter = null }: FolderOptions,
): Promise<Map<string, FileContents>> {
  const opened = adapter === null ? model.opened : merged(model.opened, adapter);
  const files = openedFiles(opened, dtype);
  const embedToken = embeds ? await addEmbedder(files, model) : null;
  files.set('README.md', card(model, { to: embeds ? 'sentence-transformers' : 'hf', embedToken, base: null }));
  return files;
}

/**
 * An adapter as a folder in PEFT's layout, with the tokenizer and what makes the folder an embedder where its base has one.
 * @param peft what the adapter says it is of.
 * @throws InputError where the embed token is new to the base: PEFT keeps no row that the base lacks.
 */
export async function adapterFolder(
  model: TakenModel,
  adapter: PeftAdapter,
  peft: PeftBase,
): Promise<Map<string, FileContents>> {
  const { opened, where } = model;
  if (hasNewRow(opened)) {
    throw new InputError(
      `${where}: its embed token has a row that its base lacks, which PEFT's layout cannot keep, expected to take the merged model (--to hf or sentence-transformers)`,
    );
  }
  const lora = loraOf(adapter, opened.arch, where);
  const files = new Map<string, FileContents>(writePeft(lora, opened.arch, peft));
  const embedToken = opened.tokenizer === null ? null : await addEmbedder(files, model);
  files.set('README.md', card(model, { to: 'peft', embedToken, base: titleOf(peft.name) }));
  return files;
}

/** The last part of a path, as a title. */
export const titleOf = (path: string): string => path.split(/[\\/]/).filter(Boolean).at(-1) ?? 'Model';

/** Adds the tokenizer and the files of sentence-transformers. @returns the token that every text then ends in. */
async function addEmbedder(files: Map<string, FileContents>, model: TakenModel): Promise<string | null> {
  const { arch, chatTemplate } = model.opened;
  const { tokenizer, token, ...settings } = model.embedding ?? (await ownEmbedding(model));
  if (tokenizer !== null) {
    for (const [name, bytes] of tokenizerFiles(tokenizer)) files.set(name, bytes);
  }
  if (chatTemplate !== null) files.set('chat_template.jinja', new TextEncoder().encode(chatTemplate));
  for (const [name, bytes] of sentenceTransformersFiles({ width: arch.hidden_size, ...settings }))
    files.set(name, bytes);
  return token;
}

async function ownEmbedding({ opened, where }: TakenModel) {
  const { tokenizer: loaded, prompts } = await openedPrompts(opened, where);
  const { tokenizer: own } = opened;
  // What a folder of sentence-transformers ends a text with, it continues ending it with.
  const keeps = own === null || prompts.embedId === null || (await opened.embedder()) !== null;
  return {
    tokenizer: keeps ? own : endingIn(own, loaded, prompts.embedId),
    token: prompts.embedToken,
    longest: prompts.context,
    query: prompts.prompt('query'),
    document: prompts.prompt('document'),
  };
}

const card = (
  { opened: { licence }, title, run = null }: TakenModel,
  about: Pick<Parameters<typeof exportCard>[0], 'to' | 'embedToken' | 'base'>,
): Uint8Array => new TextEncoder().encode(exportCard({ title, licence, run, ...about }));
