import type {
  DevTrace,
  EvaluationPoint,
  GraphRecord,
  GraphStart,
  StepMetrics,
  TraceRecord,
} from '../../../records/records';
import { runHash } from '../../../session/session-hash';
import { readRunState, writeRunState } from '../../../training/run-state-file';
import type { RunState } from '../../../training/session-run';
import { StorageFullError, type StoreFolder } from './files';
import { type JournalName } from '../../../runs/journal-files';
import { Journal } from './journal';
import { JournalRecords } from './records';
import { headlineValue, thinnedValues, type RunFile, writeRunFile } from '../../../runs/run-file';
import { Slots } from './slots';

/** A notice about room on the disk: what was deleted to make some, or that there is none. */
export interface RoomNotice {
  full: boolean;
  text: string;
}

/** The kept run that this worker writes. Whatever happens to it, it can continue from the last state that was kept. */
export class KeptRun {
  readonly records: JournalRecords;
  private readonly states: Slots;
  private readonly description: Slots;
  private isFull = false;
  private makingRoom: Promise<void> | null = null;
  private losses: number[] = [];
  private scores: number[] = [];

  private constructor(
    readonly id: string,
    folder: StoreFolder,
    private file: RunFile,
    private readonly journal: Journal,
    private readonly release: () => void,
    /** Deletes what can be spared. @returns a description of it; null where there was nothing. */
    private readonly makeRoom: () => Promise<string | null>,
  ) {
    this.records = new JournalRecords(journal, journal);
    this.states = new Slots(folder, 'state');
    this.description = new Slots(folder, 'run');
  }

  /** Receives notices of storage that runs out, and of room that was made. */
  notify: (notice: RoomNotice) => void = () => undefined;

  static async open(
    id: string,
    folder: StoreFolder,
    file: RunFile,
    release: () => void,
    makeRoom: () => Promise<string | null>,
  ): Promise<KeptRun> {
    return new KeptRun(id, folder, file, await Journal.open(folder), release, makeRoom);
  }

  get about(): Readonly<RunFile> {
    return this.file;
  }

  /** The hash that ties its states to its session and ancestors. */
  private get hash(): string {
    return runHash(this.file.session, this.file.ancestors ?? []);
  }

  /** Reads the state that was kept last and cuts the records back to it; null, and no records, where there is none. */
  async restore(): Promise<RunState | null> {
    const state = await this.lastState();
    this.journal.cut(state?.step ?? 0);
    const checkpoints = this.file.checkpoints.filter((step) => step <= (state?.step ?? 0));
    for (const { loss } of await this.records.all('metrics')) this.losses.push(loss);
    for (const point of await this.records.all('dev')) this.scores.push(headlineValue(point));
    this.file = { ...this.file, checkpoints, evaluation: null, fingerprint: null };
    return state;
  }

  /** Reads the state that was kept last and leaves the records as they are; null where there is none. */
  async lastState(): Promise<RunState | null> {
    const bytes = await this.states.read();
    return bytes ? readRunState(bytes, this.hash, 'state') : null;
  }

  /** Copies what another run has recorded of a step. */
  copy(name: JournalName, step: number, bytes: Uint8Array<ArrayBuffer>): void {
    this.noticing(() => this.journal.append(name, step, bytes));
  }

  addMetrics(steps: readonly StepMetrics[]): void {
    this.losses.push(...steps.map(({ loss }) => loss));
    this.noticing(() => this.records.addMetrics(steps));
  }

  addEvaluation(point: EvaluationPoint): void {
    this.scores.push(headlineValue(point));
    this.noticing(() => this.records.addEvaluation(point));
  }

  addDev(traces: readonly DevTrace[]): void {
    this.noticing(() => this.records.addDev(traces));
  }

  addTraces(traces: readonly TraceRecord[]): void {
    this.noticing(() => this.records.addTraces(traces));
  }

  addStart(start: GraphStart, positions: Float32Array<ArrayBuffer>): void {
    this.noticing(() => this.records.addStart(start, positions));
  }

  addRefresh(record: GraphRecord, positions: Float32Array<ArrayBuffer>): void {
    this.noticing(() => this.records.addRefresh(record, positions));
  }

  /**
   * Keeps a state, whole or not at all.
   * @param spentMs until now.
   * @returns whether there was room for it and for everything before it.
   */
  async saveState(state: RunState, spentMs = this.file.spentMs): Promise<boolean> {
    await this.makingRoom;
    if (!this.journal.retry()) await this.findRoom();
    this.journal.flush();
    const bytes = writeRunState(state, this.hash);
    // A state whose records wait in memory would bring back a run with a hole in it.
    const isSaved = !this.journal.isFull && (await this.roomFor(() => this.states.write(bytes)));
    if (isSaved) {
      const checkpoints = [...this.file.checkpoints.filter((step) => step < state.step), state.step];
      await this.change({ checkpoints, spentMs });
    }
    this.say(!isSaved, isSaved ? 'There is room again: the run is kept on the disk.' : null);
    return isSaved;
  }

  /** Keeps changes of the run's description. */
  async change(changes: Partial<RunFile>): Promise<void> {
    const curve = thinnedValues(this.scores.length > 1 ? this.scores : this.losses);
    this.file = { ...this.file, ...changes, curve, updated: Date.now() };
    await this.roomFor(() => this.description.write(writeRunFile(this.file)));
  }

  close(): void {
    try {
      this.journal.flush();
    } finally {
      this.journal.close();
      this.release();
    }
  }

  private noticing(append: () => void): void {
    append();
    if (this.journal.isFull && !this.isFull)
      this.makingRoom ??= this.findRoom().finally(() => (this.makingRoom = null));
  }

  private async findRoom(): Promise<void> {
    const given = await this.makeRoom();
    const found = this.journal.retry();
    if (given !== null && found) this.notify({ full: false, text: given });
    this.say(!found, 'There is room again: the run is kept on the disk.');
  }

  private async roomFor(write: () => Promise<void>): Promise<boolean> {
    for (let tries = 0; ; tries++) {
      try {
        await write();
        return true;
      } catch (error) {
        if (!(error instanceof StorageFullError)) throw error;
        const given = tries < 3 ? await this.makeRoom() : null;
        if (given === null) return false;
        this.notify({ full: false, text: given });
      }
    }
  }

  /** Sends one notice when there is no room, and one when there is room again. */
  private say(isFull: boolean, again: string | null): void {
    if (isFull === this.isFull) return;
    this.isFull = isFull;
    const last = this.file.checkpoints.at(-1);
    const back = last === undefined ? 'nothing of it can be continued' : `it can be continued from step ${last}`;
    const full = `There is no room left for this run: it goes on in memory, and if the page closes ${back}. Delete a run, or export this one when it is done.`;
    if (isFull) this.notify({ full: true, text: full });
    else if (again !== null) this.notify({ full: false, text: again });
  }
}
