import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import * as v from 'valibot';
import { checkAncestors } from '../../config/ancestors';
import { FIRST_NUMERICS } from '../../config/numerics';
import { parseSession } from '../../config/parse-session';
import { sessionArchitecture } from '../../config/session-checks';
import { planStages, totalSteps } from '../../config/stages';
import { parseJson } from '../../formats/json';
import { readLines } from '../../formats/lines';
import { InputError } from '../../lib/errors';
import { evaluationPointSchema, evaluationSchema, metricsSchema } from '../../records/record-schemas';
import type { Evaluation } from '../../records/records';
import { JOURNAL_FILES, JOURNAL_NAMES } from '../../runs/journal-files';
import { pack } from '../../runs/pack';
import { sparkline, toBytes, type RunFile, writeRunFile } from '../../runs/run-file';
import { runHash } from '../../session/session-hash';
import { broughtName, isBrought } from '../../tasks/brought';
import { createTask, dataFilesOf } from '../../tasks/registry';
import { dataAt } from '../../tasks/task-data';
import { TensorTable } from '../../tensors/table';
import { readRunState } from '../../training/run-state-file';
import { readBytes } from './files';
import { readFingerprint } from './recorded-run';
import { readAncestors } from './run-folder';
import { readTaskData } from './task-data';

/**
 * Packs a run's folder into one file, as the page exports it and opens it.
 * @param documents a folder or a file of the user's own documents that the run trains on, which are packed too; null
 * for none. A probe of a base lies in the folder.
 * @throws InputError where the folder holds no run, or one without a checkpoint.
 */
export async function archiveOf(folder: string, documents: string | null): Promise<Uint8Array<ArrayBuffer>> {
  const at = (name: string): string => join(folder, name);
  const json = (name: string): unknown => parseJson(readFileSync(at(name), 'utf8'), at(name));
  if (!existsSync(at('session.json')) || !existsSync(at('state.safetensors'))) {
    throw new InputError(`${folder}: without session.json and state.safetensors, expected the folder of a run`);
  }
  const session = parseSession(json('session.json'), at('session.json'));
  const ancestors = readAncestors(folder);
  checkAncestors(session, ancestors, folder);
  const stateBytes = readBytes(at('state.safetensors'), "a run's state");
  const state = readRunState(stateBytes, runHash(session, ancestors), at('state.safetensors'));
  const brought = documents ?? (existsSync(at('probe.json')) ? at('probe.json') : null);
  const data = await readTaskData(session.task, brought);
  const task = createTask(session.task, session.seed, data);
  const isFinished = state.step === totalSteps(session) && existsSync(at('fingerprint.json'));
  const recorded = existsSync(at('fingerprint.json')) ? readFingerprint(at('fingerprint.json')) : null;
  const fingerprint = isFinished ? recorded : null;
  const metrics = linesOf(at('metrics.jsonl'), metricsSchema);
  const points = linesOf(at('dev.jsonl'), evaluationPointSchema);
  const seconds = metrics.reduce((sum, line) => sum + (Number(line['time/step']) || 0), 0);
  const { birthtimeMs, mtimeMs } = statSync(at('state.safetensors'));
  const file: RunFile = {
    format: 1,
    session,
    ...(ancestors.length > 0 ? { ancestors } : {}),
    created: Math.round(birthtimeMs),
    updated: Math.round(mtimeMs),
    status: isFinished ? 'finished' : 'stopped',
    error: null,
    spentMs: Math.round(1000 * seconds),
    plan: {
      stages: planStages(session),
      totalSteps: totalSteps(session),
      documents: task.documents.length,
      parameters: new TensorTable(sessionArchitecture(session, task.vocabulary.length), { blockBytes: Infinity })
        .parameters,
      vocabulary: task.vocabulary.length,
    },
    checkpoints: [state.step],
    adapter: recorded?.adapter ?? '',
    evaluation:
      isFinished && existsSync(at('evaluation.json')) ? readEvaluation(json('evaluation.json'), folder) : null,
    fingerprint: fingerprint && { fingerprint: fingerprint.fingerprint, steps: [...fingerprint.steps] },
    numerics: recorded?.numerics ?? FIRST_NUMERICS,
    claim: null,
    group: null,
    groupSize: 0,
    curve: sparkline(points, metrics),
  };
  const files = new Map<string, Uint8Array>([
    ['session.json', toBytes(session)],
    ['run.json', writeRunFile(file)],
    ['about.json', toBytes({ title: session.title, notes: '', tags: [] })],
    ['state.safetensors', stateBytes],
  ]);
  const others = [...JOURNAL_NAMES.map((name) => JOURNAL_FILES[name]), 'evaluation.json', 'fingerprint.json'];
  for (const name of others) if (hasContent(at(name))) files.set(name, readFileSync(at(name)));
  const checkpoint = at('checkpoint');
  for (const name of existsSync(checkpoint) ? readdirSync(checkpoint) : []) {
    if (!name.endsWith('.part')) files.set(`checkpoint/${name}`, readFileSync(join(checkpoint, name)));
  }
  for (const file of dataFilesOf(session.task)) {
    if (isBrought(file)) files.set(broughtName(session.task), new Uint8Array(dataAt(data, file)));
  }
  return pack(files);
}

/** The name of a run's file: its folder's, in letters that every host serves. */
export const archiveName = (folder: string): string =>
  basename(resolve(folder))
    .replace(/[^A-Za-z0-9-]+/g, '-')
    .replace(/^-+|-+$/g, '') || 'run';

/** Checks the evaluation of a run. @throws InputError for anything else. */
export function readEvaluation(json: unknown, folder: string): Evaluation {
  const result = v.safeParse(evaluationSchema, json);
  if (result.success) return result.output;
  throw new InputError(`${join(folder, 'evaluation.json')}: not readable, expected a run's evaluation`);
}

const hasContent = (path: string): boolean => existsSync(path) && statSync(path).size > 0;

/** Reads the lines of a run's journal; none where there is no such file. */
export function linesOf<T>(path: string, schema: v.GenericSchema<unknown, T>): T[] {
  if (!hasContent(path)) return [];
  return Array.from(readLines(readBytes(path, "a run's records"), path), ({ text, where }) => {
    const line = v.safeParse(schema, parseJson(text, where));
    if (line.success) return line.output;
    throw new InputError(`${where}: not a line of a run, expected its records`);
  });
}
