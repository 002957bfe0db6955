/**
 * SmolLM2-135M-Instruct adapted to a collection's documents by LoRA, as the page's start _Adapt_ does, with a larger batch. Training
 * and the documents' embeddings are handed over to torch (docs/cluster.md), which takes a quarter of the time on a processor;
 * the lab draws the batches, takes the adapter back, embeds queries and titles itself, and compares some documents.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { importedFiles, readClusterRun } from '../src/cluster/import';
import { asDecoder, openAnyModel } from '../src/formats/open-model';
import { checkpointPrompts, embedderOf, loadEmbedder } from '../src/host/node/checkpoint';
import { openFolder } from '../src/host/node/files';
import { openGpu } from '../src/host/node/gpu';
import { modelFilesAt } from '../src/host/node/model-files';
import { writeFolder } from '../src/host/node/output-file';
import { readTaskData } from '../src/host/node/task-data';
import { baseOf, taskOf } from '../src/training/base';
import { dot } from '../src/retrieval/graph/vectors';
import { Embedder } from '../src/training/benchmark/embedder';

export const SMOLLM2 = '.models/SmolLM2-135M-Instruct.Q4_1.gguf';
const PYTHON = resolve(process.env['LAB_PYTHON'] ?? '.python/bin/python');
/** Documents that the lab embeds too. */
const COMPARED = 16;
/** Least cosine of such a document's two embeddings. */
const ALIKE = 0.9999;

export const ADAPTED_SETTINGS = [
  'model.adapter.rank=16',
  'model.adapter.alpha=32',
  'model.max_position_embeddings=256',
  'sft.mode=both',
  'sft.steps=80',
  'sft.batch_size=16',
  'sft.learning_rate=0.0005',
  'sft.temperature=0.1',
  'evaluation.every=0',
  'checkpoint.every=20',
];

/** What is set beside that where MiniLM teaches it: to embed at once alone, as its keywords did not help. */
export const ADAPTED_TAUGHT_SETTINGS = ['sft.mode=direct', 'sft.teacher_temperature=0.1', 'sft.weight_distil=1'];

/** The command line, as whoever uses it would call it. */
function lab(...args: string[]): void {
  execFileSync(process.execPath, ['scripts/lab.mjs', ...args], { stdio: ['ignore', 'ignore', 'inherit'] });
}

function torch(script: string, folder: string, ...args: string[]): void {
  execFileSync(PYTHON, [resolve(script), ...args], {
    cwd: folder,
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, HF_HUB_OFFLINE: '1', ACCELERATE_USE_CPU: 'true', OMP_NUM_THREADS: String(availableParallelism()) }, // prettier-ignore
  });
}

/**
 * The adapted model as a folder of `sentence-transformers`, in the run's folder; what is done is not done again.
 * @param name the run's, below runs/. @param data the collection's folder. @param teacher a small embedder whose ranking it learns.
 */
export async function adaptedModel(name: string, data: string, teacher: string | null = null): Promise<string> {
  const run = `runs/${name}`;
  const handed = `runs/${name}-handed`;
  const model = `${run}/sentence-transformers`;
  if (!existsSync(handed)) {
    const settings = [...ADAPTED_SETTINGS, ...(teacher === null ? [] : ADAPTED_TAUGHT_SETTINGS)];
    const taught = teacher === null ? [] : ['--teacher', teacher];
    const set = settings.flatMap((one) => ['--set', one]);
    lab('export', 'text', '--to', 'accelerate', '--data', data, '--base', SMOLLM2, ...taught, ...set, '--out', handed);
  }
  if (!existsSync(`${handed}/run/done.json`)) torch(`${handed}/train.py`, handed);
  if (!existsSync(run)) await takeBack(`${handed}/run`, data, run);
  if (!existsSync(model)) lab('export', run, '--to', 'sentence-transformers', '--base', SMOLLM2, '--dtype', 'f32', '--out', model); // prettier-ignore
  return model;
}

/** What `lab import` writes, without its evaluation, which would embed every document a second time. */
async function takeBack(from: string, data: string, out: string): Promise<void> {
  const { read } = openFolder(from, 'the folder run/ that train.py wrote');
  const found = await readClusterRun(read, from);
  const { session } = found;
  const opened = asDecoder(await openAnyModel(await modelFilesAt(SMOLLM2, 'a .gguf file'), SMOLLM2), SMOLLM2);
  const base = await baseOf(session, opened, session.model.base.sha256, SMOLLM2);
  const task = taskOf(session, { files: await readTaskData(session.task, data), base });
  await writeFolder(out, await importedFiles(read, from, found, { task, base }, Date.now()));
}

/**
 * Embeddings of passages by torch, in the file in which the script keeps ours, and the least cosine with ours of the first
 * ones.
 * @throws Error where that is too low.
 */
export async function embeddedByTorch(
  model: string,
  sequences: readonly (readonly number[])[],
  path: string,
): Promise<number> {
  const cosines = `${path}.cosine.json`;
  if (existsSync(cosines)) return Number(readFileSync(cosines, 'utf8'));
  const checkpoint = await loadEmbedder(model);
  const prompts = await checkpointPrompts(checkpoint);
  mkdirSync('runs/own-documents', { recursive: true });
  writeFileSync(`${path}.ids.json`, JSON.stringify(sequences));
  torch('bench/embed_passages.py', '.', model, `${path}.ids.json`, `${path}.new`);
  const bytes = readFileSync(`${path}.new`);
  const theirs = new Float32Array(bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length));
  const gpu = await openGpu();
  const loaded = await embedderOf(gpu, checkpoint);
  const ours = await new Embedder(loaded, prompts).direct(sequences.slice(0, COMPARED));
  const channels = loaded.architecture.hidden_size;
  loaded.destroy();
  gpu.destroy();
  const least = Math.min(
    ...Array.from({ length: ours.length / channels }, (_, row) =>
      dot(ours, row * channels, theirs, row * channels, channels),
    ),
  );
  if (!(least >= ALIKE)) throw new Error(`${model}: a document embedded by torch has a cosine of ${least} with ours`);
  renameSync(`${path}.new`, path);
  writeFileSync(cosines, String(least));
  return least;
}
