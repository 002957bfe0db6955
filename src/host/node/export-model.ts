import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { checkpointSettings, tokenizerFiles } from '../../formats/huggingface';
import { readPeft } from '../../formats/peft';
import { loraOf } from '../../formats/peft-lora';
import { writePeft } from '../../formats/peft-writer';
import { FLOAT_DTYPES, type FloatDtype } from '../../formats/safetensors';
import { endingIn, sentenceTransformersFiles } from '../../formats/sentence-transformers';
import { streamedWeights } from '../../formats/streamed-checkpoint';
import { checkpointTensors } from '../../tensors/layout';
import { InputError } from '../../lib/errors';
import type { Arguments } from './args';
import { loadCheckpoint, promptsOf, tokenizerOf, type LoadedCheckpoint } from './checkpoint';
import { exportCard, type ExportedModel } from './export-card';
import { openFolder } from './files';
import { checkNew, writeFolder, type FileToWrite } from './output-file';

export type ExportTarget = 'hf' | 'peft' | 'sentence-transformers';

/**
 * `lab export MODEL --to hf|peft|sentence-transformers --out DIR`: any model that is opened here, an adapter merged into it
 * where one is given, or with `peft` that adapter alone, as a folder that other programs load.
 */
export async function exportModel(args: Arguments, named: string, to: ExportTarget) {
  const out = args.required('out');
  checkNew(out);
  const dtype = args.choice('dtype', ['f32', 'f16', 'bf16']);
  const adapter = args.optional('adapter') ?? null;
  if (to === 'peft') {
    if (adapter === null)
      throw new InputError("--adapter: missing, expected with --to peft an adapter in PEFT's layout");
    if (args.has('dtype')) throw new InputError('--dtype: given with --to peft, expected none: adapters are f32');
    const files = await adapterFiles(await loadCheckpoint(named), adapter);
    await writeFolder(out, files);
    return { out, to, files: [...files.keys()].sort() };
  }
  const checkpoint = await loadCheckpoint(named, adapter);
  const stored = FLOAT_DTYPES.find((name) => name.toLowerCase() === dtype) ?? 'F32';
  const files = to === 'hf' ? plainFiles(checkpoint, stored) : await embedderFiles(checkpoint, stored);
  if (to === 'hf') files.set('README.md', card(checkpoint, { to, embedToken: null, base: null }));
  await writeFolder(out, files);
  return { out, to, dtype, files: [...files.keys()].sort() };
}

/** The adapter under PEFT's names, with the tokenizer and what makes the folder an embedder where the base has one. */
async function adapterFiles(base: LoadedCheckpoint, folder: string): Promise<Map<string, FileToWrite>> {
  const { read } = openFolder(folder, "an adapter in PEFT's layout");
  const { arch } = base;
  const lora = loraOf(await readPeft(read, arch, folder), arch, folder);
  const isFolder = statSync(base.folder).isDirectory();
  const name = isFolder ? resolve(base.folder) : titleOf(base.folder);
  const files = new Map<string, FileToWrite>(writePeft(lora, arch, { name, revision: null }));
  const embedToken = base.tokenizer === null ? null : await addEmbedder(files, base);
  files.set('README.md', card(base, { to: 'peft', embedToken, base: titleOf(base.folder) }));
  return files;
}

function plainFiles(checkpoint: LoadedCheckpoint, dtype: FloatDtype): Map<string, FileToWrite> {
  const { arch, weights, tokenizer, eosTokenIds, chatTemplate, generation } = checkpoint;
  const settings = checkpointSettings(arch, { dtype, tokenizer, ids: { eos_token_id: eosTokenIds[0] } });
  const files = new Map<string, FileToWrite>(settings);
  files.set('model.safetensors', streamedWeights(checkpointTensors(arch), weights, dtype));
  const text = new TextEncoder();
  if (chatTemplate !== null) files.set('chat_template.jinja', text.encode(chatTemplate));
  if (generation !== null) files.set('generation_config.json', text.encode(`${JSON.stringify(generation, null, 2)}\n`));
  else if (eosTokenIds.length > 0) {
    files.set('generation_config.json', text.encode(`${JSON.stringify({ eos_token_id: eosTokenIds }, null, 2)}\n`));
  }
  return files;
}

async function embedderFiles(checkpoint: LoadedCheckpoint, dtype: FloatDtype): Promise<Map<string, FileToWrite>> {
  const files = plainFiles(checkpoint, dtype);
  const embedToken = await addEmbedder(files, checkpoint);
  files.set('README.md', card(checkpoint, { to: 'sentence-transformers', embedToken, base: null }));
  return files;
}

/** The tokenizer and the files of sentence-transformers. @returns the token that every text then ends in. */
async function addEmbedder(files: Map<string, FileToWrite>, checkpoint: LoadedCheckpoint): Promise<string | null> {
  const { arch, tokenizer: own, chatTemplate } = checkpoint;
  const loaded = tokenizerOf(checkpoint);
  const prompts = await promptsOf(checkpoint);
  // A folder that embeds a text at its own last token goes on doing so.
  const tokenizer = own === null || prompts.embedId === null ? own : endingIn(own, loaded, prompts.embedId);
  if (tokenizer !== null) {
    for (const [name, bytes] of tokenizerFiles(tokenizer)) files.set(name, bytes);
  }
  if (chatTemplate !== null) files.set('chat_template.jinja', new TextEncoder().encode(chatTemplate));
  const settings = {
    width: arch.hidden_size,
    longest: prompts.context,
    query: prompts.prompt('query'),
    document: prompts.prompt('document'),
  };
  for (const [name, bytes] of sentenceTransformersFiles(settings)) files.set(name, bytes);
  return prompts.embedToken;
}

const titleOf = (path: string): string => path.split(/[\\/]/).filter(Boolean).at(-1) ?? 'Model';

const card = (
  { folder, licence }: LoadedCheckpoint,
  about: Pick<ExportedModel, 'to' | 'embedToken' | 'base'>,
): Uint8Array => new TextEncoder().encode(exportCard({ title: titleOf(folder), licence, ...about }));
