import { create } from 'zustand';
import type { DocumentCard } from '../host/browser/api';
import type { ColorMode } from '../view/graph/coloring';
import { GraphHistory } from '../view/graph/history';
import { END } from '../view/graph/phases';
import { messageOf } from '../lib/errors';
import { lab } from './lab';
import { useRecords } from './records';
import { isLive, nameOnPage, ranOf, useRun, type PageStatus } from './run';

/**
 * Number of refreshes that are requested together: the worker answers between two steps, so one at a time would be
 * slow.
 */
const AT_ONCE = 16;
const DOCUMENTS_AT_ONCE = 2048;
/**
 * The most bytes of positions that are kept; those that were shown longest ago are removed, and requested again when
 * needed.
 */
const POSITION_BYTES = 96e6;
/** Statuses in which a model can draw a map. */
const MAPPED: readonly PageStatus[] = ['running', 'paused', 'finished', 'stopped', 'interrupted'];

/**
 * What the Graph view draws: nothing yet, a map of the documents by the current model, or the graph of stage 2 through
 * its steps.
 */
export type Drawn = 'nothing' | 'fetching' | 'map' | 'graph';

interface GraphViewState {
  drawn: Drawn;
  /** A number that grows with every other graph or map, so that the picture is made again. */
  epoch: number;
  /** The reason why there is no map; null where there is none. */
  mapProblem: string | null;
  /** A number that grows when there is more to draw: a refresh, positions, texts. */
  version: number;
  /** Number of refreshes that have arrived. */
  loaded: number;
  /** Number of documents whose text has arrived. */
  texts: number;
  /** The reason why the picture cannot be drawn; null where there is none. */
  problem: string | null;
  /** Place of the picture within the step's refresh, from 0 to `END`. */
  playhead: number;
  playing: boolean;
  color: ColorMode;
  edges: boolean;
  /** Document under the pointer; −1 for none. */
  hovered: number;
  /** The topic that is highlighted; −1 for all. */
  topic: number;
  set: (changes: Partial<Omit<GraphViewState, 'set'>>) => void;
}

export const useGraph = create<GraphViewState>()((set) => ({
  drawn: 'nothing',
  epoch: 0,
  mapProblem: null,
  version: 0,
  loaded: 0,
  texts: 0,
  problem: null,
  playhead: END,
  playing: false,
  color: 'topic',
  edges: true,
  hovered: -1,
  topic: -1,
  set: (changes) => set(changes),
}));

/** Keeps the data that the graph view draws, outside React, because it is large and read many times a second. */
class GraphKeeper {
  history: GraphHistory | null = null;
  documents: DocumentCard[] = [];
  /** Number of each document's topic, (N), in the order that topics first appear. */
  topics = new Uint16Array(0);
  topicNames: string[] = [];
  private run: string | null = null;
  private readonly frames = new Map<number, Float32Array<ArrayBuffer>>();
  private readonly asked = new Set<number>();
  private pumping = false;
  /** The run's status when its map was drawn; null for a graph, or nothing. */
  private mapped: string | null = null;

  /** Fetches what the run on the page has recorded, and then what it records. @returns a function that stops it */
  follow(): () => void {
    const pump = (): void => void this.pump();
    const leave = [useRecords.subscribe(pump), useRun.subscribe(pump)];
    pump();
    return () => {
      for (const stop of leave) stop();
    };
  }

  /**
   * Places of the documents in the plane after a step, (N, 2), where they have arrived; otherwise requests them and
   * returns null.
   */
  positions(step: number): Float32Array<ArrayBuffer> | null {
    const frame = this.frames.get(step);
    if (!frame) {
      void this.fetchPositions(step);
      return null;
    }
    // The newest use stands last.
    this.frames.delete(step);
    this.frames.set(step, frame);
    return frame;
  }

  /** Reads everything again, after records did not fit together. */
  again(): void {
    this.forget(this.run);
    void this.pump();
  }

  private async pump(): Promise<void> {
    if (this.pumping) return;
    this.pumping = true;
    try {
      while (await this.pumpOnce());
    } catch (error) {
      useGraph.getState().set({ problem: messageOf(error) });
    } finally {
      this.pumping = false;
    }
  }

  /** @returns whether there may be more */
  private async pumpOnce(): Promise<boolean> {
    const name = nameOnPage();
    if (name !== this.run) this.forget(name);
    if (name === null || useGraph.getState().problem !== null) return false;
    const recorded = useRecords.getState().graph;
    // A run that continued from a checkpoint emits some of its steps again.
    if (recorded.length < (this.history?.length ?? 0)) this.forget(name);
    if (recorded.length === 0) return this.pumpMap(name);
    if (this.mapped !== null) this.forget(name);
    if (!this.history) {
      const start = await lab.askRun((client, run) => client.records.graphStart(run));
      if (!start || name !== nameOnPage()) return false;
      this.history = new GraphHistory(start);
      this.begin('graph');
      await this.fetchPositions(start.step);
      return true;
    }
    const { history } = this;
    const hasTexts = this.documents.length >= history.documents || !(await this.fetchDocuments(name));
    const wanted = recorded.slice(history.length, history.length + AT_ONCE);
    const asked = wanted.map(async (step) => {
      const [record] = await Promise.all([lab.askRun((client, run) => client.records.refresh(run, step)), this.fetchPositions(step)]); // prettier-ignore
      return record;
    });
    // A dead worker rejects them all; the first rejection is enough.
    for (const answer of asked) answer.catch(() => undefined);
    // One after the other, as they come: together they would keep the page.
    for (const answer of asked) {
      const record = await answer;
      if (name !== nameOnPage()) return true;
      if (record) history.add(record);
    }
    this.changed();
    return recorded.length > history.length || useRecords.getState().graph.length > history.length || !hasTexts; // prettier-ignore
  }

  /** Fetches the map of a run without a stage 2: once while it trains, and again when it has ended. */
  private async pumpMap(name: string): Promise<boolean> {
    const run = useRun.getState();
    const { status } = run;
    const { drawn, set } = useGraph.getState();
    if (!ranOf(run)?.plan || !MAPPED.includes(status)) return false;
    const wanted = isLive(status) ? 'live' : status;
    if (this.mapped === wanted) {
      if (this.documents.length >= (this.history?.documents ?? 0)) return false;
      const more = await this.fetchDocuments(name);
      this.changed();
      return more;
    }
    this.mapped = wanted;
    if (drawn === 'nothing') set({ drawn: 'fetching' });
    try {
      const { start, positions } = await lab.askRun((client, run) => client.model.map(run));
      if (name !== nameOnPage() || useRecords.getState().graph.length > 0) return true;
      this.history = new GraphHistory(start);
      this.frames.clear();
      this.frames.set(start.step, positions);
      this.begin('map');
      this.changed();
    } catch (error) {
      set({ mapProblem: messageOf(error), ...(this.history ? {} : { drawn: 'nothing' }) });
    }
    return true;
  }

  /** Draws the map again, by the current model. */
  drawAnew(): void {
    this.mapped = '';
    void this.pump();
  }

  private begin(drawn: Drawn): void {
    const { epoch, set } = useGraph.getState();
    if (this.topics.length !== this.history!.documents) {
      this.topics = new Uint16Array(this.history!.documents);
      this.documents = [];
      this.topicNames = [];
    }
    set({ drawn, epoch: epoch + 1, mapProblem: null });
  }

  /** @returns whether there may be more */
  private async fetchDocuments(name: string): Promise<boolean> {
    const from = this.documents.length;
    const more = await lab.askRun((client, run) => client.records.documents(run, from, DOCUMENTS_AT_ONCE));
    if (name !== nameOnPage() || this.documents.length !== from) return false;
    for (const document of more) {
      let topic = this.topicNames.indexOf(document.group);
      if (topic < 0) topic = this.topicNames.push(document.group) - 1;
      this.topics[document.document] = topic;
      this.documents.push(document);
    }
    return more.length > 0;
  }

  private async fetchPositions(step: number): Promise<void> {
    if (this.asked.has(step) || this.frames.has(step)) return;
    this.asked.add(step);
    const { run } = this;
    try {
      const frame = await lab.askRun((client, name) => client.records.positions(name, step));
      if (!frame || run !== this.run) return;
      this.frames.set(step, frame);
      const most = Math.max(8, Math.floor(POSITION_BYTES / frame.byteLength));
      for (const oldest of this.frames.keys()) {
        if (this.frames.size <= most) break;
        this.frames.delete(oldest);
      }
      this.changed();
    } finally {
      this.asked.delete(step);
    }
  }

  private forget(run: string | null): void {
    this.run = run;
    this.history = null;
    this.mapped = null;
    this.topics = new Uint16Array(0);
    this.documents = [];
    this.topicNames = [];
    this.frames.clear();
    this.asked.clear();
    useGraph.getState().set({
      drawn: 'nothing',
      mapProblem: null,
      loaded: 0,
      texts: 0,
      problem: null,
      hovered: -1,
      topic: -1,
      playhead: END,
      playing: false,
    });
  }

  private changed(): void {
    const { version, set } = useGraph.getState();
    set({ version: version + 1, loaded: this.history?.length ?? 0, texts: this.documents.length });
  }
}

export const graph = new GraphKeeper();
