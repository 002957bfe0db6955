import { statSync } from 'node:fs';
import { resolve } from 'node:path';
import { readPeft, type PeftAdapter } from '../../formats/peft';
import { peftBase, type PeftBase } from '../../formats/peft-files';
import { floatDtype } from '../../formats/safetensors';
import { InputError } from '../../lib/errors';
import { adapterFolder, titleOf, modelFolder, type TakenModel } from '../../training/take-home/folders';
import { runEmbedding } from '../../training/take-home/run-embedding';
import type { Arguments } from './args';
import { BaseArgument } from './base-argument';
import { loadCheckpoint } from './checkpoint';
import { adapterRun, cardOfRun } from './export-run';
import { openFolder } from './files';
import { checkNew, writeFolder } from './output-file';

export type ExportTarget = 'hf' | 'peft' | 'sentence-transformers';

/**
 * `lab export MODEL --to hf|peft|sentence-transformers --out DIR`: writes a model as a folder that other programs load,
 * with an adapter merged into it where one is given, or with `peft` that adapter alone. MODEL may be the folder of a
 * run that trained an adapter: it then embeds with the session's prompts and token.
 */
export async function exportModel(args: Arguments, named: string, to: ExportTarget) {
  const out = args.required('out');
  checkNew(out);
  const dtype = args.choice('dtype', ['f32', 'f16', 'bf16']);
  if (to === 'peft' && args.has('dtype')) {
    throw new InputError('--dtype: given with --to peft, expected none: adapters are f32');
  }
  const { model, adapter, peft } = await whatIsExported(args, named);
  const read = adapter === null ? null : await adapterAt(adapter, model);
  if (to === 'peft') {
    if (read === null) throw new InputError("--adapter: missing, expected with --to peft an adapter in PEFT's layout");
    const files = await adapterFolder(model, read, peft);
    await writeFolder(out, files);
    return { out, to, files: [...files.keys()].sort() };
  }
  const files = await modelFolder(model, { dtype: floatDtype(dtype), embeds: to !== 'hf', adapter: read });
  await writeFolder(out, files);
  return { out, to, dtype, files: [...files.keys()].sort() };
}

interface Exported {
  model: TakenModel;
  /** The adapter's folder; null where there is none. */
  adapter: string | null;
  /** The base that the adapter's files name. */
  peft: PeftBase;
}

async function whatIsExported(args: Arguments, named: string): Promise<Exported> {
  const run = adapterRun(named);
  if (run === null) {
    if (args.has('base')) throw new InputError(`--base: given, expected it with a run that trained an adapter of it`);
    const { folder, ...opened } = await loadCheckpoint(named);
    const model = { opened, title: titleOf(folder), where: folder };
    return { model, adapter: args.optional('adapter') ?? null, peft: { name: placeOf(folder), revision: null } };
  }
  if (args.has('adapter')) throw new InputError(`--adapter: given with a run, expected none: ${named} has its own`);
  const { session, adapter } = run;
  const base = await new BaseArgument(args).open(session);
  if (base === null) throw new InputError(`${named}: an adapter without a base, expected model.base in its session`);
  const from = peftBase(session.model.base);
  const peft = from.revision !== null ? from : { name: placeOf(base.where), revision: null };
  const embedding = runEmbedding(session, base, named);
  const about = { title: titleOf(named), where: named, embedding, run: cardOfRun(named, session) };
  return { model: { opened: base.opened, ...about }, adapter, peft };
}

/** The name under which `peft` finds a base: a folder's whole path, or the name of anything else. */
const placeOf = (path: string): string => (statSync(path).isDirectory() ? resolve(path) : titleOf(path));

async function adapterAt(folder: string, { opened }: TakenModel): Promise<PeftAdapter> {
  const { read } = openFolder(folder, "an adapter in PEFT's layout");
  return readPeft(read, opened.arch, folder);
}
