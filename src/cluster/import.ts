import * as v from 'valibot';
import { parseSession } from '../config/parse-session';
import type { Session } from '../config/session';
import { planStages, STAGES, totalSteps } from '../config/stages';
import { decodeUtf8, parseJson } from '../formats/json';
import { readLines } from '../formats/lines';
import { ADAPTER_WEIGHTS } from '../formats/peft';
import { InputError } from '../lib/errors';
import { isSha256, sha256 } from '../lib/hash';
import { metricsSchema } from '../records/record-schemas';
import type { Evaluation, StepMetrics } from '../records/records';
import { JOURNAL_FILES } from '../runs/journal-files';
import { sparkline, toBytes, type RunFile, writeRunFile } from '../runs/run-file';
import { sessionHash } from '../session/session-hash';
import type { Task } from '../tasks/task';
import { checkBase, type Base } from '../training/base';
import { checkpointFiles } from '../training/checkpoint-files';
import { writeRunState } from '../training/run-state-file';
import type { RunState } from '../training/session-run';
import { HAND_OVER_FORMAT, HAND_OVER_KIND } from './hand-over';
import { trainedWeights, type ReadFile } from './trained-weights';

const hash = v.pipe(v.string(), v.check(isSha256));
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));

const handOverSchema = v.object({
  format: v.literal(HAND_OVER_FORMAT),
  kind: v.literal(HAND_OVER_KIND),
  session: hash,
  task: hash,
  step: count,
  stages: v.array(v.object({ stage: v.picklist(STAGES), firstStep: count, steps: count })),
});
/** The file that `train.py` writes at its end. */
const doneSchema = v.object({ model: hash, step: count, processes: count });

/** The contents of a folder that a cluster trained, checked. */
export interface ClusterRun {
  session: Session;
  task: string;
  processes: number;
}

const CHECKPOINT_FILES = ['config.json', 'model.safetensors', 'tokenizer.json', 'tokenizer_config.json', 'chat_template.jinja'] as const; // prettier-ignore
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
  const name = session.model.adapter.rank > 0 ? ADAPTER_WEIGHTS : 'model.safetensors';
  const weights = await need(read, `checkpoint/${name}`, where);
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
 * @param of the task of the run's session, as `taskOf` gives it, and the base that it starts from, where it names one.
 * @param evaluate its model by this lab's own final evaluation; a host may do without.
 * @throws InputError for records that are none, or a model that is not its session's.
 */
export async function importedFiles(
  read: ReadFile,
  where: string,
  run: ClusterRun,
  { task, base = null }: { task: Task; base?: Base | null },
  now: number,
  evaluate?: (state: RunState) => Promise<Evaluation>,
): Promise<Map<string, Uint8Array<ArrayBuffer>>> {
  const { session } = run;
  checkBase(session, base);
  if (task.hash !== run.task) {
    throw new InputError(`${where}: trained on other data than its session's task has now, expected the same`);
  }
  const files = new Map<string, Uint8Array<ArrayBuffer>>();
  const take = async (path: string): Promise<void> => {
    const bytes = await read(path);
    if (bytes && bytes.length > 0) files.set(path, new Uint8Array(bytes));
  };
  for (const name of JOURNALS) await take(JOURNAL_FILES[name]);
  const metrics = metricsOf(files.get(JOURNAL_FILES.metrics), `${where}/${JOURNAL_FILES.metrics}`);
  const total = totalSteps(session);
  if (metrics.at(-1)?.step !== total) {
    throw new InputError(`${where}/metrics.jsonl: ends at step ${metrics.at(-1)?.step ?? 0}, expected ${total}, the session's last`); // prettier-ignore
  }
  const { pages: weights, parameters } = await trainedWeights(read, where, session, task, base);
  // Of an adapter ours says which base it is of; the cluster's names a folder there.
  const checkpoint = base?.adapter ? checkpointFiles(session, task, weights, base) : null;
  for (const [name, bytes] of checkpoint ?? []) files.set(`checkpoint/${name}`, new Uint8Array(bytes));
  for (const name of checkpoint ? [] : CHECKPOINT_FILES) await take(`checkpoint/${name}`);
  const state: RunState = { step: total, weights, stage: null, base: null, fingerprint: { chain: '', steps: [] } };
  files.set('state.safetensors', new Uint8Array(writeRunState(state, sessionHash(session))));
  const evaluation = evaluate ? await evaluate(state) : null;
  if (evaluation) files.set('evaluation.json', toBytes(evaluation));
  const seconds = metrics.reduce((sum, line) => sum + (Number(line['time/step']) || 0), 0);
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
      parameters,
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
