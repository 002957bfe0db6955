import type { Session } from '../config/session';
import { isEncoder, type AnyOpenedModel, type OpenedEncoder } from '../formats/opened-model';
import type { Gpu } from '../gpu/gpu';
import { InputError } from '../lib/errors';
import { sha256 } from '../lib/hash';
import type { OnProgress } from '../lib/progress';
import type { Task } from '../tasks/task';
import { Embedder } from './benchmark/embedder';
import type { KeptVectors } from './benchmark/model-rankings';
import { loadEmbedding, openedPrompts } from './opened-model';

/** The small embedder that a session learns a ranking from: opened, not yet on the GPU. */
export interface Teacher {
  opened: OpenedEncoder;
  sha256: string;
  /** The place it was opened from, for messages. */
  where: string;
  /** Where its embeddings of earlier runs are kept; absent where nothing is kept. */
  kept?: (key: string) => KeptVectors;
}

/** A teacher's embeddings of a task's texts: L2-normalised rows (n, channels), in the order of `Task.taught`. */
export interface TeacherVectors {
  channels: number;
  rows: Float32Array;
}

/** Number of texts embedded between two writes of what is kept. */
const CHUNK = 256;

/**
 * Makes an opened model a session's teacher.
 * @param hash of it, as `OpenedModel.hash` gives it.
 * @param where it was opened from, for messages.
 * @throws InputError for a model of another kind, or another one than the session names.
 */
export function teacherOf({ sft }: Session, opened: AnyOpenedModel, hash: string, where: string): Teacher {
  const encoder = asTeacher(opened, where);
  const { sha256: wanted, name } = sft.teacher;
  if (hash === wanted) return { opened: encoder, sha256: hash, where };
  throw new InputError(
    `${where}: its SHA-256 is ${hash.slice(0, 12)}…, expected ${wanted.slice(0, 12)}…${name && ` (${name})`}, the teacher of the session`,
  );
}

/** The model as an encoder. @throws InputError for a model that is no encoder, naming its kind. */
export function asTeacher(opened: AnyOpenedModel, where: string): OpenedEncoder {
  if (isEncoder(opened)) return opened;
  throw new InputError(
    `${where}: a ${opened.arch.model_type} model, expected a small embedder as the teacher, a bert encoder such as all-MiniLM-L6-v2`,
  );
}

/** Whether stage 1 of a session learns a teacher's ranking. */
export const isTaught = ({ sft }: Session): boolean => sft.steps > 0 && sft.teacher.sha256 !== '';

/**
 * Checks that a teacher is given exactly where the session names one.
 * @throws InputError where it is missing, or given and not named.
 */
export function checkTeacher({ sft }: Session, teacher: Teacher | null): void {
  const { sha256: wanted, name } = sft.teacher;
  if ((wanted !== '') === (teacher !== null)) return;
  throw new InputError(
    teacher === null
      ? `session: sft.teacher names ${name || 'an embedder'} (${wanted.slice(0, 12)}…), expected it to be at hand: kept, or given`
      : 'a teacher is given, expected none: the session names no sft.teacher',
  );
}

/**
 * Embeds the texts of a task that its teacher ranks, or reads the embeddings where they are kept. The teacher's GPU
 * memory is released at the end.
 * @param onProgress texts so far and in all; it may throw to end it.
 * @throws InputError for a task without such texts, or a folder that cannot be embedded with.
 */
export async function teacherVectors(
  gpu: Gpu,
  { opened, sha256: hash, where, kept }: Teacher,
  task: Task,
  onProgress: OnProgress,
): Promise<TeacherVectors> {
  if (!task.taught) throw new InputError(`the task ${task.name} has no texts for a teacher, expected the task text`);
  const texts = task.taught();
  const { prompts } = await openedPrompts(opened, where);
  const { sequences } = prompts.passages(texts);
  const channels = opened.arch.hidden_size;
  const rows = new Float32Array(sequences.length * channels);
  // Another adapter rounds otherwise, and what is kept is to be what this one makes.
  const key = sha256(JSON.stringify([hash, gpu.adapter.description, sha256(JSON.stringify(texts))]));
  let model: Awaited<ReturnType<typeof loadEmbedding>> | null = null;
  try {
    for (let first = 0; first < sequences.length; first += CHUNK) {
      const some = sequences.slice(first, first + CHUNK);
      const store = kept?.(`${key}-${first / CHUNK}`);
      let vectors = (await store?.read(some.length * channels)) ?? null;
      if (!vectors) {
        model ??= await loadEmbedding(gpu, opened);
        const report: OnProgress = (done) => onProgress(first + done, sequences.length);
        vectors = await new Embedder(model, prompts, report).direct(some);
        await store?.keep(vectors);
      }
      rows.set(vectors, first * channels);
    }
  } finally {
    model?.destroy();
  }
  return { channels, rows };
}

/** Bytes on the GPU while a teacher embeds. */
export async function teachingBytes({ opened }: Teacher): Promise<number> {
  const { EncoderPlanner } = await import('./encoder-plan');
  const none = { rank: 0, tokenRow: false, batch: 1, parts: 1, length: 1, activations: 'keep', documents: 1 } as const;
  const { weights, activations } = new EncoderPlanner(opened).plan(none);
  return weights + activations;
}

/**
 * The teacher's cosines of some texts with some documents.
 * @param asked places in `Task.taught`; @param documents rows of the task.
 * @returns (asked, documents)
 */
export function teacherScores(
  { channels, rows }: TeacherVectors,
  asked: readonly number[],
  documents: readonly number[],
): Float32Array<ArrayBuffer> {
  const scores = new Float32Array(asked.length * documents.length);
  asked.forEach((text, i) => {
    documents.forEach((document, j) => {
      let sum = 0;
      for (let c = 0; c < channels; c++) sum += rows[text * channels + c]! * rows[document * channels + c]!;
      scores[i * documents.length + j] = sum;
    });
  });
  return scores;
}
