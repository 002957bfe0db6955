import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { tokenizerFiles } from '../../formats/huggingface';
import { hasNewRow } from '../../formats/embed-token';
import { merged } from '../../formats/merged-source';
import { readPeft, type PeftAdapter } from '../../formats/peft';
import { peftBase, type PeftBase } from '../../formats/peft-files';
import { loraOf } from '../../formats/peft-lora';
import { writePeft } from '../../formats/peft-writer';
import { FLOAT_DTYPES } from '../../formats/safetensors';
import { endingIn, sentenceTransformersFiles } from '../../formats/sentence-transformers';
import { openedFiles, type FileContents } from '../../formats/streamed-checkpoint';
import { InputError } from '../../lib/errors';
import type { Arguments } from './args';
import { BaseArgument } from './base-argument';
import { loadCheckpoint, promptsOf, titleOf, tokenizerOf, type LoadedCheckpoint } from './checkpoint';
import { exportCard, type ExportedModel } from './export-card';
import { adapterRun, runEmbedding, type RunEmbedding } from './export-run';
import { openFolder } from './files';
import { checkNew, writeFolder } from './output-file';

export type ExportTarget = 'hf' | 'peft' | 'sentence-transformers';

/**
 * `lab export MODEL --to hf|peft|sentence-transformers --out DIR`: any model that is opened here, an adapter merged into it
 * where one is given, or with `peft` that adapter alone, as a folder that other programs load. MODEL may be the folder of a
 * run that trained an adapter: it is embedded with the session's prompts and token then.
 */
export async function exportModel(args: Arguments, named: string, to: ExportTarget) {
  const out = args.required('out');
  checkNew(out);
  const dtype = args.choice('dtype', ['f32', 'f16', 'bf16']);
  if (to === 'peft' && args.has('dtype')) {
    throw new InputError('--dtype: given with --to peft, expected none: adapters are f32');
  }
  const { base, adapter, peft } = await whatIsExported(args, named);
  if (to === 'peft') {
    if (adapter === null)
      throw new InputError("--adapter: missing, expected with --to peft an adapter in PEFT's layout");
    if (hasNewRow(base)) {
      throw new InputError(
        `--to peft: the embed token of ${named} has a row that its base lacks, expected --to hf or sentence-transformers, which write it`,
      );
    }
    const files = await adapterFiles(base, adapter, peft);
    await writeFolder(out, files);
    return { out, to, files: [...files.keys()].sort() };
  }
  const checkpoint = adapter === null ? base : { ...base, ...merged(base, await adapterAt(adapter, base)) };
  const stored = FLOAT_DTYPES.find((name) => name.toLowerCase() === dtype) ?? 'F32';
  const files = openedFiles(checkpoint, stored);
  const embedToken = to === 'hf' ? null : await addEmbedder(files, checkpoint);
  files.set('README.md', card(checkpoint, { to, embedToken, base: null }));
  await writeFolder(out, files);
  return { out, to, dtype, files: [...files.keys()].sort() };
}

interface Exported {
  base: EmbeddingModel;
  /** Its adapter's folder. */
  adapter: string | null;
  /** What the adapter says it is of. */
  peft: PeftBase;
}

/** A model, and how it embeds where that is not what its own files say. */
interface EmbeddingModel extends LoadedCheckpoint {
  embedding?: RunEmbedding;
}

async function whatIsExported(args: Arguments, named: string): Promise<Exported> {
  const run = adapterRun(named);
  if (run === null) {
    if (args.has('base')) throw new InputError(`--base: given, expected it with a run that trained an adapter of it`);
    const base = await loadCheckpoint(named);
    return { base, adapter: args.optional('adapter') ?? null, peft: { name: placeOf(base.folder), revision: null } };
  }
  if (args.has('adapter')) throw new InputError(`--adapter: given with a run, expected none: ${named} has its own`);
  const { session, adapter } = run;
  const base = await new BaseArgument(args).open(session);
  if (base === null) throw new InputError(`${named}: an adapter without a base, expected model.base in its session`);
  const from = peftBase(session.model.base);
  const peft = from.revision !== null ? from : { name: placeOf(base.where), revision: null };
  const embedding = runEmbedding(session, base, named);
  return { base: { folder: named, ...base.opened, embedding }, adapter, peft };
}

/** Where `peft` finds a base: a folder by its whole path, anything else by its name. */
const placeOf = (path: string): string => (statSync(path).isDirectory() ? resolve(path) : titleOf(path));

async function adapterAt(folder: string, { arch }: LoadedCheckpoint): Promise<PeftAdapter> {
  const { read } = openFolder(folder, "an adapter in PEFT's layout");
  return readPeft(read, arch, folder);
}

/** The adapter under PEFT's names, with the tokenizer and what makes the folder an embedder where the base has one. */
async function adapterFiles(base: EmbeddingModel, folder: string, peft: PeftBase): Promise<Map<string, FileContents>> {
  const { arch } = base;
  const lora = loraOf(await adapterAt(folder, base), arch, folder);
  const files = new Map<string, FileContents>(writePeft(lora, arch, peft));
  const embedToken = base.tokenizer === null ? null : await addEmbedder(files, base);
  files.set('README.md', card(base, { to: 'peft', embedToken, base: titleOf(peft.name) }));
  return files;
}

/** The tokenizer and the files of sentence-transformers. @returns the token that every text then ends in. */
async function addEmbedder(files: Map<string, FileContents>, checkpoint: EmbeddingModel): Promise<string | null> {
  const { arch, chatTemplate } = checkpoint;
  const { tokenizer, token, ...settings } = checkpoint.embedding ?? (await ownEmbedding(checkpoint));
  if (tokenizer !== null) {
    for (const [name, bytes] of tokenizerFiles(tokenizer)) files.set(name, bytes);
  }
  if (chatTemplate !== null) files.set('chat_template.jinja', new TextEncoder().encode(chatTemplate));
  for (const [name, bytes] of sentenceTransformersFiles({ width: arch.hidden_size, ...settings }))
    files.set(name, bytes);
  return token;
}

async function ownEmbedding(checkpoint: LoadedCheckpoint) {
  const { tokenizer: own } = checkpoint;
  const loaded = tokenizerOf(checkpoint);
  const prompts = await promptsOf(checkpoint);
  // What a folder of sentence-transformers ends a text with, it goes on ending it with.
  const keeps = own === null || prompts.embedId === null || (await checkpoint.embedder()) !== null;
  return {
    tokenizer: keeps ? own : endingIn(own, loaded, prompts.embedId),
    token: prompts.embedToken,
    longest: prompts.context,
    query: prompts.prompt('query'),
    document: prompts.prompt('document'),
  };
}

const card = (
  { folder, licence }: LoadedCheckpoint,
  about: Pick<ExportedModel, 'to' | 'embedToken' | 'base'>,
): Uint8Array => new TextEncoder().encode(exportCard({ title: titleOf(folder), licence, ...about }));
