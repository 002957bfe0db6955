import { corpusOf } from '../../../config/tasks';
import * as v from 'valibot';
import { decodeUtf8, parseJson } from '../../../formats/json';
import { InputError } from '../../../lib/errors';
import { sha256 } from '../../../lib/hash';
import {
  devTraceSchema,
  evaluationPointSchema,
  graphSchema,
  graphStartSchema,
  metricsSchema,
  traceSchema,
} from '../../../records/record-schemas';
import { runHash } from '../../../session/session-hash';
import { broughtName } from '../../../tasks/brought';
import { readRunState } from '../../../training/run-state-file';
import type { OwnDocuments } from '../own-documents';
import { pack, unpack } from '../../../runs/pack';
import { JOURNAL_FILES, JOURNAL_NAMES, WRITING_ORDER, type JournalName } from '../../../runs/journal-files';
import { Journal } from './journal';
import { positionFrames } from './records';
import { readAbout, readRunFile, toBytes, type AboutRun, type RunFile, writeRunFile } from '../../../runs/run-file';
import type { RunStore } from './run-store';
import { Slots } from './slots';

const STATE = 'state.safetensors';

/** The folder of the model in a run's file, in Hugging Face layout. */
const CHECKPOINT = 'checkpoint/';

/**
 * Writes a run as one file.
 * @param own storage of users' documents and of probes, which are added where the run is built from them.
 * @param model the files of its model in Hugging Face layout; null where it has none.
 * @throws InputError where there is no such run.
 */
export async function writeArchive(
  store: RunStore,
  id: string,
  own: OwnDocuments | null = null,
  model: ReadonlyMap<string, Uint8Array> | null = null,
): Promise<Uint8Array<ArrayBuffer>> {
  const { title, notes, tags } = await store.get(id);
  const file = await store.fileOf(id);
  const folder = await store.folderOf(id);
  const records = await store.journals(id);
  const files = new Map<string, Uint8Array>();
  files.set('session.json', toBytes(file.session));
  files.set('run.json', writeRunFile(file));
  files.set('about.json', toBytes({ title, notes, tags }));
  for (const name of JOURNAL_NAMES) {
    const bytes = await records.readAll(name);
    if (bytes.length > 0) files.set(JOURNAL_FILES[name], bytes);
  }
  if (file.evaluation) files.set('evaluation.json', toBytes(file.evaluation));
  if (file.fingerprint) files.set('fingerprint.json', toBytes({ ...file.fingerprint, numerics: file.numerics }));
  const state = await new Slots(folder, 'state').read();
  if (state) files.set(STATE, state);
  const corpus = corpusOf(file.session.task);
  const documents = corpus === '' ? null : await own?.read(corpus);
  if (documents) files.set(broughtName(file.session.task), documents);
  for (const [name, bytes] of model ?? []) files.set(CHECKPOINT + name, bytes);
  return pack(files);
}

/**
 * Stores a run from its file, as a new one.
 * @param isGuest whether it is only shown: in memory, and not in the list.
 * @throws InputError in one sentence for anything else; nothing is kept of it then.
 * @returns its name here.
 */
export async function storeArchive(
  store: RunStore,
  zip: Blob,
  own: OwnDocuments | null = null,
  isGuest = false,
): Promise<string> {
  const { file, about, state, documents, journals } = await readArchive(zip);
  const { id, folder, release } = await store.begin(isGuest);
  try {
    const journal = await Journal.open(folder);
    for (const { name, step, content } of journals) journal.append(name, step, content);
    const isKept = journal.retry();
    journal.close();
    if (!isKept) throw new InputError('the run does not fit: there is no room left, expected more than its size');
    if (state) await new Slots(folder, 'state').write(state);
    if (documents) await own?.keep(corpusOf(file.session.task), documents);
    await new Slots(folder, 'about').write(toBytes(about));
    // Last: it makes the folder a run.
    await new Slots(folder, 'run').write(writeRunFile(file));
    return id;
  } catch (error) {
    await store.discard(id);
    throw error;
  } finally {
    release();
  }
}

interface Part {
  name: JournalName;
  step: number;
  content: Uint8Array<ArrayBuffer>;
}
interface Archive {
  file: RunFile;
  about: AboutRun;
  state: Uint8Array<ArrayBuffer> | null;
  /** The data that the run is built from and that does not come with the lab; null where there is none. */
  documents: Uint8Array<ArrayBuffer> | null;
  journals: Part[];
}

/** Reads a run's file. @throws InputError for anything but a whole run. */
export async function readArchive(zip: Blob): Promise<Archive> {
  // The model in Hugging Face layout is for other programs: a run is brought back from its state.
  const files = await unpack(zip, (name) => !name.startsWith(CHECKPOINT));
  const description = files.get('run.json');
  const names = files.get('about.json');
  if (!description || !names) throw new InputError('run file: without run.json, expected all that a run is made of');
  const file = readRunFile(description, 'run.json');
  const about = readAbout(names, 'about.json');
  const state = files.get(STATE) ?? null;
  const step = state ? readRunState(state, runHash(file.session, file.ancestors ?? []), STATE).step : 0;
  const last = file.checkpoints.at(-1) ?? 0;
  if (step !== last) throw new InputError(`run.json: its last checkpoint is at step ${last}, expected ${step}, the state's`); // prettier-ignore
  const brought = broughtName(file.session.task);
  const documents = files.get(brought) ?? null;
  if (documents && sha256(documents) !== corpusOf(file.session.task)) {
    throw new InputError(`${brought}: not the documents of this run, expected those that its session names`);
  }
  const journals = JOURNAL_NAMES.flatMap((name) =>
    parts(name, files.get(JOURNAL_FILES[name]) ?? new Uint8Array(), file.plan?.documents ?? 1),
  );
  // In the order in which a run writes them: by step, and its metrics after what came in it.
  const order = ({ name }: Part): number => WRITING_ORDER.indexOf(name);
  journals.sort((a, b) => a.step - b.step || order(a) - order(b));
  return { file, about, state, documents, journals };
}

const SCHEMAS = {
  metrics: metricsSchema,
  dev: evaluationPointSchema,
  'dev-traces': devTraceSchema,
  traces: traceSchema,
  graph: graphSchema,
  'graph-start': graphStartSchema,
};

/** The ranges of a journal, one per step. */
function parts(name: JournalName, bytes: Uint8Array<ArrayBuffer>, documents: number): Part[] {
  const file = JOURNAL_FILES[name];
  if (name === 'positions') {
    const frames = positionFrames(bytes, documents);
    if (!frames) throw new InputError(`${file}: cut short, expected whole sets of positions`);
    return frames.map(({ step, offset, length }) => ({ name, step, content: bytes.slice(offset, offset + length) }));
  }
  const schema: v.GenericSchema<unknown, { step: number }> = SCHEMAS[name];
  const found: Part[] = [];
  let start = 0;
  let current = 0;
  const close = (end: number): void => {
    if (end > start) found.push({ name, step: current, content: bytes.slice(start, end) });
    start = end;
  };
  for (let at = 0; at < bytes.length;) {
    const newline = bytes.indexOf(10, at);
    if (newline < 0) throw new InputError(`${file}: its last line is cut short, expected whole lines`);
    const line = v.safeParse(schema, parseJson(decodeUtf8(bytes.subarray(at, newline), file), file));
    if (!line.success) throw new InputError(`${file}: a line after step ${current} is wrong, expected a run's records`);
    const { step } = line.output;
    if (step < current) throw new InputError(`${file}: step ${step} comes after ${current}, expected them in order`);
    if (step > current) close(at);
    current = step;
    at = newline + 1;
  }
  close(bytes.length);
  return found;
}
