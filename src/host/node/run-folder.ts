import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Ancestors } from '../../config/ancestors';
import { inPartsFrom, sessionAfter, type RunSession } from '../../config/micro-batches';
import { parseSession } from '../../config/parse-session';
import type { Session } from '../../config/session';
import { parseJson } from '../../formats/json';
import { InputError } from '../../lib/errors';
import { writeGraphStart } from '../../records/graph-start';
import type { GraphStart } from '../../records/records';
import { linkOf, type FingerprintFile } from '../../session/fingerprint';
import { parseAncestors } from '../../session/ancestors-file';
import { runHash } from '../../session/session-hash';
import { readRunState, writeRunState } from '../../training/run-state-file';
import type { RunState } from '../../training/session-run';

/** Files with one or more lines per step, which are cut back to the checkpoint when a run resumes. */
const JOURNALS = ['metrics.jsonl', 'dev.jsonl', 'dev-traces.jsonl', 'traces.jsonl', 'graph.jsonl'] as const;
export type LineJournal = (typeof JOURNALS)[number];
/** The file of positions, in frames of one size: the step (u32), then x and y of each document (f32), little endian. */
const POSITIONS = 'positions.bin';
const START = 'graph-start.json';
const STATE = 'state.safetensors';
/** The file of a fork's ancestors, the oldest first; absent for a run that is no fork. */
export const ANCESTORS = 'ancestors.json';

/** The folder of one run as the command line writes it, so that a run killed at any moment can continue. */
export class RunFolder implements RunSession {
  private readonly runHash: string;

  private constructor(
    readonly path: string,
    readonly session: Session,
    readonly ancestors: Ancestors,
    private readonly beforeWrite: () => void,
  ) {
    this.runHash = runHash(session, ancestors);
  }

  /**
   * Opens a folder for a run.
   * @param resume continues a run of this session in the folder, or starts one. The run continues in as many
   * micro-batches as before, or from its state on in more, where the session says so.
   * @param beforeWrite called before anything is written; what it throws ends the run.
   * @throws InputError for a folder that is not empty (without `resume`), or that holds another session's run.
   */
  static open(
    path: string,
    session: Session,
    resume: boolean,
    { ancestors = [], beforeWrite = () => undefined }: { ancestors?: Ancestors; beforeWrite?: () => void } = {},
  ): { folder: RunFolder; state: RunState | null } {
    const folder = new RunFolder(path, session, ancestors, beforeWrite);
    if (existsSync(path)) {
      if (!statSync(path).isDirectory()) throw new InputError(`${path}: a file, expected a folder for the run`);
      if (readdirSync(path).length > 0 && !resume) {
        throw new InputError(`${path}: not empty, expected a new folder, or --resume to go on with the run in it`);
      }
    }
    const begun = resume ? folder.begun() : null;
    if (!begun) return { folder, state: resume ? folder.state() : null };
    const state = folder.state();
    const step = state?.step ?? 0;
    const parts = session.model.micro_batches;
    const isMore = parts > sessionAfter(begun, step).model.micro_batches;
    const continued = (isMore && inPartsFrom(begun, step, parts, linkOf(state))) || begun;
    return { folder: folder.as(continued), state };
  }

  /** The session and ancestors of the run in the folder; null where there is none. */
  private begun(): RunSession | null {
    const path = join(this.path, 'session.json');
    if (!existsSync(path)) return null;
    const session = parseSession(parseJson(readFileSync(path, 'utf8'), path), path);
    const ancestors = readAncestors(this.path);
    // Killed between its two files, a run that was to continue in more micro-batches is its own last ancestor.
    const others = [ancestors, ancestors.slice(0, -1)].find((some) => runHash(session, some) === this.runHash);
    if (!others) throw new InputError(`${path}: another session, expected the one that is resumed`);
    return { session, ancestors: others };
  }

  /** The same folder for its run with other micro-batches, of which its states are independent. */
  as({ session, ancestors }: RunSession): RunFolder {
    return new RunFolder(this.path, session, ancestors, this.beforeWrite);
  }

  /** Reads the state that was saved last; null where there is none. */
  state(): RunState | null {
    const state = join(this.path, STATE);
    return existsSync(state) ? readRunState(readFileSync(state), this.runHash, state) : null;
  }

  private get sessionText(): string {
    return `${JSON.stringify(this.session, null, 2)}\n`;
  }

  /**
   * Makes the folder and its files, or cuts them back to `step`.
   * @param documents number of them in the session's corpus
   */
  begin(step: number, documents: number): void {
    this.beforeWrite();
    mkdirSync(this.path, { recursive: true });
    this.saveAncestors([]);
    this.replace('session.json', this.sessionText);
    for (const journal of JOURNALS) {
      const path = join(this.path, journal);
      this.replace(journal, existsSync(path) && step > 0 ? linesUpTo(readFileSync(path, 'utf8'), step) : '');
    }
    for (const name of ['evaluation.json', 'fingerprint.json']) rmSync(join(this.path, name), { force: true });
    if (step === 0) for (const name of [STATE, START, POSITIONS]) rmSync(join(this.path, name), { force: true });
    const positions = join(this.path, POSITIONS);
    if (existsSync(positions)) this.replace(POSITIONS, framesUpTo(readFileSync(positions), documents, step));
  }

  /** Saves the ancestors with what became of their steps. @param links of the fingerprint from step 1. */
  saveAncestors(links: readonly string[]): void {
    if (this.ancestors.length === 0) return;
    this.beforeWrite();
    const known = this.ancestors.map((from) => ({ ...from, link: from.link || (links[from.step - 1] ?? '') }));
    this.replace(ANCESTORS, `${JSON.stringify(known, null, 2)}\n`);
  }

  append(journal: LineJournal, lines: readonly unknown[]): void {
    if (lines.length === 0) return;
    this.beforeWrite();
    appendFileSync(join(this.path, journal), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
  }

  /** Saves the graph that stage 2 begins with: each document's out-edges, and the first frame of positions. */
  saveGraphStart(start: GraphStart, positions: Float32Array): void {
    this.beforeWrite();
    this.replace(START, `${JSON.stringify(writeGraphStart(start))}\n`);
    // A run that continues from the end of stage 1 emits it again.
    this.replace(POSITIONS, frameOf(start.step, positions));
  }

  /** Appends a frame of positions. @param positions of the documents in the plane after `step`, (N, 2) */
  appendPositions(step: number, positions: Float32Array): void {
    this.beforeWrite();
    appendFileSync(join(this.path, POSITIONS), frameOf(step, positions));
  }

  saveState(state: RunState): void {
    this.beforeWrite();
    this.replace(STATE, writeRunState(state, this.runHash));
  }

  /**
   * Saves the probe of a base for the task world: with it the run can be repeated where another device would get other
   * answers.
   */
  saveProbe(bytes: Uint8Array): void {
    this.beforeWrite();
    mkdirSync(this.path, { recursive: true });
    this.replace('probe.json', bytes);
  }

  /** Saves a checkpoint in Hugging Face layout. */
  saveCheckpoint(files: ReadonlyMap<string, Uint8Array>): void {
    this.beforeWrite();
    mkdirSync(join(this.path, 'checkpoint'), { recursive: true });
    for (const [name, bytes] of files) this.replace(join('checkpoint', name), bytes);
  }

  /** Saves the model card beside the checkpoint. */
  saveCard(text: string): void {
    this.beforeWrite();
    this.replace(join('checkpoint', 'README.md'), text);
  }

  saveJson(name: 'evaluation.json', value: unknown): void;
  saveJson(name: 'fingerprint.json', value: FingerprintFile): void;
  saveJson(name: string, value: unknown): void {
    this.beforeWrite();
    this.replace(name, `${JSON.stringify(value, null, 2)}\n`);
  }

  /** Replaces a file whole or not at all: written beside it, then renamed over it. */
  private replace(name: string, contents: string | Uint8Array): void {
    const path = join(this.path, name);
    writeFileSync(`${path}.part`, contents);
    renameSync(`${path}.part`, path);
  }
}

/** Reads the ancestors of the run in a folder. @throws InputError where they cannot be read. */
export function readAncestors(folder: string): Ancestors {
  const path = join(folder, ANCESTORS);
  return existsSync(path) ? parseAncestors(parseJson(readFileSync(path, 'utf8'), path), path) : [];
}

function frameOf(step: number, positions: Float32Array): Uint8Array {
  const frame = new DataView(new ArrayBuffer(4 + 4 * positions.length));
  frame.setUint32(0, step, true);
  positions.forEach((value, i) => frame.setFloat32(4 + 4 * i, value, true));
  return new Uint8Array(frame.buffer);
}

/** The whole frames of steps up to `step`. */
function framesUpTo(bytes: Uint8Array, documents: number, step: number): Uint8Array {
  const size = 4 + 8 * documents;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = 0;
  while (end + size <= bytes.length && view.getUint32(end, true) <= step) end += size;
  return bytes.subarray(0, end);
}

/** The lines of steps up to `step`; a last line that was cut short is dropped. */
function linesUpTo(text: string, step: number): string {
  const kept: string[] = [];
  for (const line of text.split('\n')) {
    const found = /"step":(\d+)/.exec(line);
    if (!found || Number(found[1]) > step) break;
    kept.push(`${line}\n`);
  }
  return kept.join('');
}
