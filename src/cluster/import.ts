import * as v from 'valibot';
import { parseSession } from '../config/parse-session';
import { sessionArchitecture } from '../config/session-checks';
import type { Session } from '../config/session';
import { planStages, STAGES, totalSteps } from '../config/stages';
import { readCheckpoint } from '../formats/huggingface';
import { decodeUtf8, parseJson } from '../formats/json';
import { readLines } from '../formats/lines';
import { InputError } from '../lib/errors';
import { sha256 } from '../lib/hash';
import { metricsSchema } from '../records/record-schemas';
import type { Evaluation, StepMetrics } from '../records/records';
import { JOURNAL_FILES } from '../runs/journal-files';
import { sparkline, toBytes, type RunFile, writeRunFile } from '../runs/run-file';
import { sessionHash } from '../session/session-hash';
import type { Task } from '../tasks/task';
import { TensorTable } from '../tensors/table';
import { writeRunState } from '../training/run-state-file';
import type { RunState } from '../training/session-run';
import { HAND_OVER_FORMAT, HAND_OVER_KIND } from './hand-over';

const hash = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const handOverSchema = v.object({
  format: v.literal(HAND_OVER_FORMAT),
  kind: v.literal(HAND_OVER_KIND),
  session: hash,
  task: hash,
  step: count,
  stages: v.array(v.object({ stage: v.picklist(STAGES), firstStep: count, steps: count })),
});
/** What `train.py` says at its end. */
const doneSchema = v.object({ model: hash, step: count, processes: count });

/** What a folder that came back says of itself. */
export interface ClusterRun {
  session: Session;
  task: string;
  processes: number;
}

/** Gives a file of the folder by its path; null where there is none. */
export type ReadFile = (path: string) => Promise<Uint8Array | null>;

const CHECKPOINT_FILES = ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json'] as const;
const JOURNALS = ['metrics', 'traces', 'graph', 'graph-start', 'positions'] as const;

/**
 * Reads what a folder from a cluster is of.
 * @param where the folder's name, for messages.
 * @throws InputError where it is none, is not finished, or its model is not the one that its training ended with.
 */
export async function readClusterRun(read: ReadFile, where: string): Promise<ClusterRun> {
  const about = await json(read, 'hand-over.json', where, handOverSchema, 'what train.py writes');
  const session = parseSession(await jsonOf(read, 'session.json', where), `${where}/session.json`);
  if (sessionHash(session) !== about.session) {
    throw new InputError(`${where}/session.json: not the session that was handed over, expected it unchanged`);
  }
  if ((await read('done.json')) === null) {
    throw new InputError(`${where}: training has not ended there, expected all ${totalSteps(session)} steps; start train.py again to go on`); // prettier-ignore
  }
  const done = await json(read, 'done.json', where, doneSchema, 'what train.py writes at its end');
  const weights = await need(read, 'checkpoint/model.safetensors', where);
  if (sha256(weights) !== done.model || done.step !== totalSteps(session)) {
    throw new InputError(
      `${where}/checkpoint: not the model that this run ended with, expected the one that done.json names`,
    );
  }
  return { session, task: about.task, processes: done.processes };
}

/**
 * A run from a cluster as the files of a run of ours, by path: what a run's zip holds. It has no fingerprint, because no
 * other machine would give the same bits.
 * @param task of the run's session.
 * @param evaluate its model by this lab's own final evaluation; a host may do without.
 * @throws InputError for records that are none, or a model that is not its session's.
 */
export async function importedFiles(
  read: ReadFile,
  where: string,
  run: ClusterRun,
  task: Task,
  now: number,
  evaluate?: (state: RunState) => Promise<Evaluation>,
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const { session } = run;
  if (task.hash !== run.task) {
    throw new InputError(`${where}: trained on other data than its session's task has now, expected the same`);
  }
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const take = async (path: string): Promise<void> => {
    const bytes = await read(path);
    if (bytes && bytes.length > 0) files.set(path, new Uint8Array(bytes));
  };
  for (const name of JOURNALS) await take(JOURNAL_FILES[name]);
  for (const name of CHECKPOINT_FILES) await take(`checkpoint/${name}`);
  const metrics = metricsOf(files.get(JOURNAL_FILES.metrics), `${where}/${JOURNAL_FILES.metrics}`);
  const total = totalSteps(session);
  if (metrics.at(-1)?.step !== total) {
    throw new InputError(`${where}/metrics.jsonl: ends at step ${metrics.at(-1)?.step ?? 0}, expected ${total}, the session's last`); // prettier-ignore
  }
  const weights = await weightsOf(read, where, session, task);
  const state: RunState = { step: total, weights, stage: null, base: null, fingerprint: { chain: '', steps: [] } };
  files.set('state.safetensors', new Uint8Array(writeRunState(state, sessionHash(session))));
  const evaluation = evaluate ? await evaluate(state) : null;
  if (evaluation) files.set('evaluation.json', toBytes(evaluation));
  const seconds = metrics.reduce((sum, line) => sum + (Number(line['time/step']) || 0), 0);
  const table = new TensorTable(sessionArchitecture(session, task.vocabulary.length));
  const file: RunFile = {
    format: 1,
    session,
    created: now,
    updated: now,
    status: 'finished',
    error: null,
    spentMs: Math.round(1000 * seconds),
    plan: {
      stages: planStages(session),
      totalSteps: total,
      documents: task.documents.length,
      parameters: table.parameters,
      vocabulary: task.vocabulary.length,
    },
    checkpoints: [total],
    adapter: `cluster, ${run.processes} ${run.processes === 1 ? 'process' : 'processes'}`,
    evaluation,
    fingerprint: null,
    numerics: 0,
    claim: null,
    group: null,
    groupSize: 0,
    curve: sparkline([], metrics),
  };
  files.set('session.json', toBytes(session));
  files.set('run.json', writeRunFile(file));
  const title = `${session.title || session.task.name}, from a cluster`.slice(0, 80);
  files.set('about.json', toBytes({ title, notes: '', tags: ['cluster'] }));
  return files;
}

/** The checkpoint's weights in the pages of a run's state. */
async function weightsOf(
  read: ReadFile,
  where: string,
  session: Session,
  task: Task,
): Promise<Float32Array<ArrayBuffer>[]> {
  const architecture = sessionArchitecture(session, task.vocabulary.length);
  const { arch, tensors } = await readCheckpoint((name) => read(`checkpoint/${name}`), `${where}/checkpoint`);
  for (const name of ['vocab_size', 'hidden_size', 'num_hidden_layers', 'intermediate_size'] as const) {
    if (arch[name] === architecture[name]) continue;
    throw new InputError(
      `${where}/checkpoint/config.json: ${name} is ${arch[name]}, expected ${architecture[name]}, its session's`,
    );
  }
  const table = new TensorTable(architecture);
  const pages = table.pages.map(({ bytes }) => new Float32Array(bytes / 4));
  for (const { length, shape, parts, blocks, name: own } of table.tensors) {
    const values = new Float32Array(length);
    for (const { name, at, length: size } of parts) {
      const found = tensors.get(name);
      if (found?.length !== size) {
        throw new InputError(`${where}/checkpoint: ${name} of ${own} is not of its session's shape, expected ${size} numbers`); // prettier-ignore
      }
      values.set(found, at);
    }
    const width = length / shape[0]!;
    for (const { page, offset, row, rows } of blocks) {
      pages[page]!.set(values.subarray(row * width, (row + rows) * width), offset / 4);
    }
  }
  return pages;
}

function metricsOf(bytes: Uint8Array | undefined, where: string): StepMetrics[] {
  if (!bytes) throw new InputError(`${where}: missing, expected a line for each step`);
  return Array.from(readLines(bytes, where), ({ text, where: at }) => {
    const line = v.safeParse(metricsSchema, parseJson(text, at));
    if (line.success) return line.output;
    throw new InputError(`${at}: not a step's metrics, expected step, stage, loss and numbers`);
  });
}

async function need(read: ReadFile, path: string, where: string): Promise<Uint8Array> {
  const bytes = await read(path);
  if (bytes) return bytes;
  throw new InputError(`${where}: no ${path}, expected the folder run/ that train.py wrote`);
}

async function jsonOf(read: ReadFile, path: string, where: string): Promise<unknown> {
  return parseJson(decodeUtf8(await need(read, path, where), `${where}/${path}`), `${where}/${path}`);
}

async function json<T>(
  read: ReadFile,
  path: string,
  where: string,
  schema: v.GenericSchema<unknown, T>,
  expected: string,
): Promise<T> {
  const result = v.safeParse(schema, await jsonOf(read, path, where));
  if (result.success) return result.output;
  const key = v.getDotPath(result.issues[0]) ?? 'it';
  throw new InputError(`${where}/${path}: ${key} is wrong, expected ${expected}`);
}
