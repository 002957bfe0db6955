import type { Session } from '../config/session';
import { peftBase } from '../formats/peft-files';
import { writePeft } from '../formats/peft-writer';
import { openedFiles, type FileContents } from '../formats/streamed-checkpoint';
import { Sha256, sha256 } from '../lib/hash';
import type { Task } from '../tasks/task';
import type { Base } from '../training/base';
import { checkpointFiles } from '../training/checkpoint-files';
import { startAdapter } from '../training/start-adapter';

export const MODEL_WEIGHTS = 'model/model.safetensors';
export const ADAPTER_FOLDER = 'adapter';

/**
 * The model that a cluster begins with, by path: `model/` in Hugging Face layout, of f32; of a session that adapts a base,
 * the base there and its adapter in `adapter/`, in PEFT's layout. A base is read a few rows at a time; needs no device.
 * @param weights what is trained of it, as a run's state keeps it; null where a base is not trained yet.
 */
export async function startFiles(
  session: Session,
  task: Task,
  weights: readonly Float32Array[] | null,
  base: Base | null,
): Promise<Map<string, FileContents>> {
  const trained = weights && checkpointFiles(session, task, weights, base);
  if (!base?.adapter) return within('model', trained ?? ofBase(base));
  const adapter =
    trained ??
    writePeft(await startAdapter(base, base.adapter, session.seed), base.opened.arch, peftBase(session.model.base));
  return new Map([...within('model', ofBase(base)), ...within(ADAPTER_FOLDER, adapter)]);
}

function ofBase(base: Base | null): Map<string, FileContents> {
  if (base === null) throw new Error('a model that is born here has weights of its own');
  return openedFiles(base.opened, 'F32');
}

const within = (folder: string, files: ReadonlyMap<string, FileContents>): Map<string, FileContents> =>
  new Map([...files].map(([name, contents]) => [`${folder}/${name}`, contents]));

/** SHA-256 of a file, also of one that comes a piece at a time. */
export async function streamHash(contents: FileContents): Promise<string> {
  if (contents instanceof Uint8Array) return sha256(contents);
  const hash = new Sha256();
  for await (const piece of contents.pieces()) hash.add(piece);
  return hash.digest();
}
