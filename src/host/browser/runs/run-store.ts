import { checkAncestors } from '../../../config/ancestors';
import { totalSteps } from '../../../config/stages';
import { parseSession } from '../../../config/parse-session';
import type { Session } from '../../../config/session';
import { errorData, InputError } from '../../../lib/errors';
import { runHash } from '../../../session/session-hash';
import { readRunState } from '../../../training/run-state-file';
import type { RunState } from '../../../training/session-run';
import type { RunCurves, RunOrigin, StorageReport, StoredRun } from '../messages';
import type { StoreFolder } from './files';
import { JournalIndex } from './journal';
import { KeptRun } from './kept-run';
import { OwnLocks, WebLocks, type RunLocks } from './locks';
import { MemoryFolder } from './memory-files';
import { openOpfs } from './opfs';
import { JournalRecords } from './records';
import { readAbout, readRunFile, toBytes, UNNAMED, type AboutRun, type RunFile } from '../../../runs/run-file';
import { Slots } from './slots';

const FOLDER = 'search-r3-lab-runs';
/** The file that marks a run as deleted; it is removed only when it is purged. */
const DELETED = 'deleted';
/**
 * The longest wait in milliseconds for a worker whose page was left: it ends only after its step, and holds its run
 * until then.
 */
const HANDOVER_MS = 20_000;

/** All runs of this browser: a folder each, in OPFS, or in memory where the browser denies that. */
export class RunStore {
  private readonly readers = new Map<string, JournalRecords>();
  /** Runs that are only shown: in memory, not in the list, never continued. */
  private readonly guests = new Map<string, StoreFolder>();

  /** @param denied the reason why nothing is kept beyond this visit; null where things are kept. */
  constructor(
    private readonly root: StoreFolder,
    private readonly locks: RunLocks,
    private readonly denied: string | null = null,
  ) {}

  static async open(): Promise<RunStore> {
    try {
      const root = await openOpfs(FOLDER);
      // Some browsers grant the folder and refuse the files.
      const probe = await root.open(`probe-${crypto.randomUUID()}`);
      probe.close();
      for (const name of (await root.files()).keys())
        if (name.startsWith('probe-')) await root.remove(name).catch(() => undefined);
      return new RunStore(root, new WebLocks());
    } catch (error) {
      return new RunStore(new MemoryFolder(), new OwnLocks(), error instanceof Error ? error.message : String(error));
    }
  }

  async report(): Promise<Omit<StorageReport, 'kept'>> {
    const { usage = 0, quota = 0 } = this.denied === null ? await navigator.storage.estimate() : {};
    return { denied: this.denied, usage, quota };
  }

  /** The runs, newest first, without those that were deleted. */
  async list(): Promise<StoredRun[]> {
    const held = await this.locks.held();
    const ids = await this.root.folders();
    const described = await Promise.all(ids.map((id) => this.describe(id, held.has(id))));
    const runs = described.filter((run) => run !== null);
    return runs.sort((a, b) => b.created - a.created);
  }

  /** A kept run. @throws InputError where there is none of that name. */
  async get(id: string): Promise<StoredRun> {
    const known = this.guests.has(id) || (await this.root.folders()).includes(id);
    const run = known ? await this.describe(id, (await this.locks.held()).has(id)) : null;
    if (!run) throw new InputError(`run ${id}: not here, expected one of the runs kept in this browser`);
    return run;
  }

  /** Makes the folder of a new run, and holds its lock. @throws InputError for a fork that its session cannot be. */
  async create(
    session: Session,
    { claim = null, group = null, groupSize = 0, ancestors = [] }: RunOrigin,
    adapter: string,
  ): Promise<KeptRun> {
    checkAncestors(session, ancestors);
    const now = Date.now();
    const file: RunFile = {
      format: 1,
      // In the order of the schema, which a state's hash of it goes by.
      session: parseSession(session),
      created: now,
      updated: now,
      status: 'going',
      error: null,
      spentMs: 0,
      plan: null,
      checkpoints: [],
      adapter,
      evaluation: null,
      fingerprint: null,
      numerics: session.model.numerics,
      claim,
      ...(ancestors.length > 0 ? { ancestors } : {}),
      group,
      groupSize,
      curve: [],
    };
    const { id, folder, release } = await this.begin();
    try {
      const run = await KeptRun.open(id, folder, file, release, () => this.makeRoom(id));
      await run.change({});
      return run;
    } catch (error) {
      release();
      throw error;
    }
  }

  /**
   * Takes a run's lock to continue it.
   * @param signal aborts the wait for a worker that is ending.
   * @returns null where another tab holds it.
   * @throws InputError where it is damaged.
   */
  async take(id: string, signal?: AbortSignal): Promise<KeptRun | null> {
    await this.get(id);
    if (this.guests.has(id))
      throw new InputError('This run was published to be read: keep it in your runs to go on with it');
    const waiting = new AbortController();
    const giveUp = (): void => waiting.abort();
    const limit = setTimeout(giveUp, HANDOVER_MS);
    signal?.addEventListener('abort', giveUp);
    const release = await this.locks.take(id, waiting.signal).finally(() => {
      clearTimeout(limit);
      signal?.removeEventListener('abort', giveUp);
    });
    if (!release) return null;
    try {
      const folder = await this.root.folder(id);
      const file = await this.readFile(id, folder);
      if (!file) throw new InputError(`run ${id}: without a description, expected one that was begun`);
      return await KeptRun.open(id, folder, file, release, () => this.makeRoom(id));
    } catch (error) {
      release();
      throw error;
    }
  }

  /** Resolves once the run's lock is free. */
  free(id: string, signal?: AbortSignal): Promise<void> {
    return this.locks.free(id, signal);
  }

  /** A run's journals as they are now. */
  async journals(id: string): Promise<JournalIndex> {
    return JournalIndex.read(await this.folderOf(id));
  }

  /** The state that was kept last; null where none was. @throws InputError where it is damaged. */
  async state(id: string): Promise<RunState | null> {
    const { session, ancestors = [] } = await this.fileOf(id);
    const bytes = await new Slots(await this.folderOf(id), 'state').read();
    return bytes && readRunState(bytes, runHash(session, ancestors), 'state');
  }

  /** A run's records so far, also while another worker writes them. */
  async records(id: string): Promise<JournalRecords> {
    const known = this.readers.get(id);
    if (known) return known;
    const folder = await this.folderOf(id);
    const index = await JournalIndex.read(folder);
    const records = new JournalRecords(index, null, () => index.readFrom(folder));
    this.readers.set(id, records);
    return records;
  }

  async curves(id: string): Promise<RunCurves> {
    const records = await this.records(id);
    await records.look();
    return {
      metrics: await records.all('metrics'),
      evaluations: await records.all('dev'),
      links: await this.links(id),
    };
  }

  /** The links of a run's fingerprint from step 1: all of them once it has ended, else up to its last state. */
  async links(id: string): Promise<string[]> {
    const { fingerprint } = await this.fileOf(id);
    return fingerprint?.steps ?? (await this.state(id))?.fingerprint.steps ?? [];
  }

  /** Drops what was cached of a run, after its records were cut back. */
  forget(id: string): void {
    this.readers.delete(id);
  }

  async change(id: string, changes: Partial<AboutRun>): Promise<void> {
    const { title, notes, tags } = await this.get(id);
    await new Slots(await this.root.folder(id), 'about').write(toBytes({ title, notes, tags, ...changes }));
  }

  /** Marks a run as deleted; until it is purged it can be restored. @throws InputError where it is running. */
  async delete(id: string): Promise<void> {
    const { state } = await this.get(id);
    if (state === 'held') throw new InputError(`run ${id}: going on, expected one that was stopped or has ended`);
    (await (await this.root.folder(id)).open(DELETED)).close();
  }

  async undelete(id: string): Promise<void> {
    if ((await this.root.folders()).includes(id)) await (await this.root.folder(id)).remove(DELETED);
  }

  /** Removes deleted runs, and folders that never became a run. @returns number of deleted runs. */
  async purge(): Promise<number> {
    const held = await this.locks.held();
    let count = 0;
    for (const id of await this.root.folders()) {
      const files = await (await this.root.folder(id)).files();
      const isDeleted = files.has(DELETED);
      if (held.has(id) || (!isDeleted && (files.has('run.0') || files.has('run.1')))) continue;
      this.readers.delete(id);
      await this.root.removeFolder(id);
      if (isDeleted) count += 1;
    }
    return count;
  }

  /**
   * Makes a folder for a run that is imported, and holds its lock; its files count as a run once its description is
   * there.
   */
  async begin(isGuest = false): Promise<{ id: string; folder: StoreFolder; release: () => void }> {
    const id = crypto.randomUUID();
    if (isGuest) {
      const folder = new MemoryFolder();
      this.guests.set(id, folder);
      return { id, folder, release: () => undefined };
    }
    const release = await this.locks.take(id);
    if (!release) throw new Error('a new run is held by somebody else');
    return { id, folder: await this.root.folder(id), release };
  }

  async discard(id: string): Promise<void> {
    if (!this.guests.delete(id)) await this.root.removeFolder(id);
  }

  async folderOf(id: string): Promise<StoreFolder> {
    await this.get(id);
    return this.folderFor(id);
  }

  async fileOf(id: string): Promise<RunFile> {
    const file = await this.readFile(id, await this.folderOf(id));
    if (!file) throw new InputError(`run ${id}: without a description, expected one that was begun`);
    return file;
  }

  /**
   * Deletes files to make room: deleted runs first, then the older of the two states that each run keeps.
   * @returns a description of what was deleted.
   */
  private async makeRoom(forRun: string): Promise<string | null> {
    const purged = await this.purge();
    if (purged > 0) return `There was no room left: ${purged === 1 ? 'a deleted run is' : `${purged} deleted runs are`} gone for good.`; // prettier-ignore
    const held = await this.locks.held();
    let dropped = 0;
    for (const id of await this.root.folders()) {
      if (id === forRun || held.has(id)) continue;
      if (await new Slots(await this.root.folder(id), 'state').dropOlder()) dropped += 1;
    }
    return dropped > 0 ? `There was no room left: the older checkpoints of ${dropped === 1 ? 'a run' : `${dropped} runs`} were removed; each keeps its last.` : null; // prettier-ignore
  }

  private async describe(id: string, isHeld: boolean): Promise<StoredRun | null> {
    const folder = await this.folderFor(id);
    const files = await folder.files();
    if (files.has(DELETED)) return null;
    const bytes = [...files.values()].reduce((sum, size) => sum + size, 0);
    let file: RunFile | null;
    let about = UNNAMED;
    try {
      file = await this.readFile(id, folder);
      const written = await new Slots(folder, 'about').read();
      if (written) about = readAbout(written, 'its title and notes');
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      return { id, ...UNNAMED, bytes, created: 0, updated: 0, state: 'unreadable', error: errorData(error), run: null };
    }
    if (!file) return null;
    const { created, updated, status, error, checkpoints, fingerprint, session, ...rest } = file;
    const { spentMs, plan, adapter, evaluation, numerics, claim, ancestors = [], group, groupSize, curve } = rest;
    const state = isHeld ? 'held' : status === 'going' ? 'interrupted' : status;
    const own = { session, spentMs, plan, adapter, evaluation, numerics, claim, checkpoints };
    const run = { ...own, ancestors, group, groupSize, curve };
    return {
      id,
      ...about,
      bytes,
      created,
      updated,
      state,
      error,
      run: { ...run, totalSteps: totalSteps(session), fingerprint: fingerprint?.fingerprint ?? null },
    };
  }

  private async folderFor(id: string): Promise<StoreFolder> {
    return this.guests.get(id) ?? this.root.folder(id);
  }

  private async readFile(id: string, folder: StoreFolder): Promise<RunFile | null> {
    const bytes = await new Slots(folder, 'run').read();
    return bytes && readRunFile(bytes, `run ${id}`);
  }
}
