import type { GraphSearch } from '../../../records/records';
import { graph } from '../../../store/graph';
import { fitCamera, type Camera, type Size } from '../../../view/graph/camera';
import { colorDocuments, type ColorMode } from '../../../view/graph/coloring';
import { edgesBefore, type ReplayedGraph, type Refresh } from '../../../view/graph/history';
import { hopsOf } from '../../../view/graph/path';
import { motionAt } from '../../../view/graph/phases';
import { ADDED, foundPlace, MARK, pathPlace, StrokeList, type FrameState, type GraphRenderer } from './renderer';
import type { SceneColors } from './scene-colors';

/** What the picture should show. */
export interface Wanted {
  step: number;
  /** Which of the step's searches is shown; −1 for none. */
  search: number;
  /** A search by the user, where no search of the step is shown. */
  lit: GraphSearch | null;
  color: ColorMode;
  selected: number;
  hovered: number;
  topic: number;
}

/** The contents of the buffers now, counted when they were filled. */
export interface DrawnDocuments {
  step: number;
  edges: number;
  added: number;
  removed: number;
  reencoded: number;
  hops: number;
}

/** Fills the renderer's buffers from the history, each only when what it shows has changed. */
export class Scene {
  camera: Camera | null = null;
  /** All of the graph's start in view: what zooming is measured from. */
  home: Camera | null = null;
  /** Places of the documents before and after the step that is shown. */
  before = new Float32Array(0);
  after = new Float32Array(0);
  drawn: DrawnDocuments = { step: -1, edges: 0, added: 0, removed: 0, reencoded: 0, hops: 0 };
  /** Largest value of the ramp in use. */
  top = 0;
  private readonly strokes = new StrokeList();
  private readonly nodes: Uint32Array<ArrayBuffer>;
  private shown: Wanted | null = null;
  private index = -1;
  private colors: Uint32Array<ArrayBuffer> | null = null;

  constructor(
    private readonly renderer: GraphRenderer,
    private readonly palette: SceneColors,
  ) {
    this.nodes = new Uint32Array(2 * renderer.documents);
  }

  /** Brings the buffers up to what is wanted. @param legend pixels of its bottom that are covered. @returns false where it has to be fetched first: what was there stays */
  show(wanted: Wanted, size: Size, legend: number): boolean {
    const { history } = graph;
    if (!history) return false;
    const index = history.indexAt(wanted.step);
    const moved = index !== this.index;
    if (moved) {
      const after = graph.positions(history.stepOf(index));
      if (!after) return false;
      const before = index > 0 ? graph.positions(history.stepOf(index - 1)) : after;
      this.after = after;
      this.before = before ?? after;
      this.renderer.setPositions(this.before, this.after);
      this.index = index;
    }
    if (!this.home) {
      this.home = fitCamera(this.after, size, legend);
      this.camera = this.home;
    }
    const { shown } = this;
    const state = history.at(index);
    const refresh = history.refresh(index);
    const search = refresh?.searches[wanted.search] ?? wanted.lit ?? undefined;
    if (moved) this.sendTargets(state, refresh);
    if (moved || shown?.search !== wanted.search || shown.selected !== wanted.selected) {
      this.sendStrokes(state, refresh, search, wanted.selected);
    }
    if (moved || shown?.color !== wanted.color || !this.colors) {
      const { colors, top } = colorDocuments(wanted.color, state, graph.topics, this.palette.theme);
      this.colors = colors;
      this.top = top;
    }
    this.sendNodes(state, refresh, search, wanted);
    this.shown = { ...wanted };
    return true;
  }

  /** Topics of more documents are known. */
  recolor(): void {
    this.colors = null;
  }

  /** The edges of the state, those that the step adds marked. */
  private sendTargets(state: ReplayedGraph, refresh: Refresh | undefined): void {
    const bound = this.renderer.degreeBound;
    const added = refresh?.added ?? new Int32Array(0);
    const flip = (): void => {
      for (let i = 0; i < added.length; i += 2) {
        const at = added[i]! * bound;
        for (let j = at; j < at + state.counts[added[i]!]!; j++) {
          if ((state.targets[j]! & ~ADDED) >>> 0 === added[i + 1]) state.targets[j] = (state.targets[j]! ^ ADDED) >>> 0;
        }
      }
    };
    flip();
    this.renderer.setTargets(state.targets);
    flip();
    this.drawn.step = state.step;
    this.drawn.edges = state.edges;
  }

  private sendStrokes(
    state: ReplayedGraph,
    refresh: Refresh | undefined,
    search: GraphSearch | undefined,
    selected: number,
  ): void {
    const { strokes, drawn } = this;
    const bound = this.renderer.degreeBound;
    strokes.clear();
    for (let i = 0; i < state.counts[selected]!; i++)
      strokes.add('selected', selected, state.targets[selected * bound + i]!);
    drawn.reencoded = drawn.added = drawn.removed = drawn.hops = 0;
    if (refresh) {
      const { reencoded, added, removed } = refresh;
      for (let i = 0; i < removed.length; i += 2) strokes.add('removed', removed[i]!, removed[i + 1]!);
      for (let i = 0; i < added.length; i += 2) strokes.add('added', added[i]!, added[i + 1]!);
      for (const document of reencoded) strokes.add('drift', document, document);
      const path = search?.path ?? [];
      const edges = edgesBefore(state, bound, refresh, path);
      const hops = hopsOf(path, (from) => edges.get(from) ?? []);
      for (const { from, to, at } of hops) strokes.add('hop', from, to, at);
      drawn.reencoded = reencoded.length;
      drawn.added = added.length / 2;
      drawn.removed = removed.length / 2;
      drawn.hops = hops.length;
    }
    this.renderer.setStrokes(strokes);
  }

  private sendNodes(
    state: ReplayedGraph,
    refresh: Refresh | undefined,
    search: GraphSearch | undefined,
    { selected, hovered, topic }: Wanted,
  ): void {
    const { nodes, colors } = this;
    const documents = state.counts.length;
    const isDimmed = topic >= 0;
    for (let i = 0; i < documents; i++) {
      nodes[2 * i] = colors![i]!;
      nodes[2 * i + 1] = isDimmed && graph.topics[i] !== topic ? MARK.dimmed : 0;
    }
    const mark = (document: number, bits: number): void => {
      nodes[2 * document + 1] = nodes[2 * document + 1]! | bits;
    };
    for (const document of refresh?.reencoded ?? []) mark(document, MARK.region);
    if (search) {
      const { path, found, wanted } = search;
      path.forEach((document, i) => mark(document, MARK.path | pathPlace(i / Math.max(1, path.length - 1))));
      found.forEach((document, i) => mark(document, MARK.found | foundPlace((i + 1) / found.length)));
      for (const document of wanted) mark(document, MARK.wanted);
    }
    if (selected >= 0) {
      mark(selected, MARK.selected);
      const start = selected * this.renderer.degreeBound;
      for (const to of state.targets.subarray(start, start + state.counts[selected]!)) mark(to, MARK.neighbour);
    }
    if (hovered >= 0) mark(hovered, MARK.hovered);
    this.renderer.setNodes(nodes);
  }

  /** The numbers of a frame at a place of the playhead. @param size in CSS pixels, @param ratio of device pixels to them */
  frame(playhead: number, size: Size, ratio: number): FrameState {
    const motion = motionAt(playhead);
    const camera = this.camera ?? { x: 0, y: 0, scale: 1 };
    const scale = [(2 * camera.scale) / size.width, (2 * camera.scale) / size.height] as const;
    const nearer = this.home ? camera.scale / this.home.scale : 1;
    const spacing = Math.sqrt((size.width * size.height) / this.renderer.documents);
    const radius = Math.min(7, Math.max(1.1, 0.11 * spacing) * Math.sqrt(Math.max(1, nearer)) ** 0.8);
    const { edge, accent, found, wanted, pulse, background, added, removed, drift } = this.palette;
    // However many edges there are, about as much ink.
    const strength =
      Math.min(0.5, 10 / Math.sqrt(1 + this.drawn.edges / Math.max(1, nearer))) * this.palette.edgeStrength;
    const [er, eg, eb] = edge;
    const tint = (i: 0 | 1 | 2): number => edge[i] + motion.removedTint * (removed[i] - edge[i]);
    return {
      scale,
      offset: [-camera.x * scale[0], -camera.y * scale[1]],
      pointRadius: radius * ratio,
      region: motion.region,
      rest: motion.rest,
      pulse: motion.pulse,
      addedShown: motion.added > 0.6,
      path: motion.path,
      pathStrength: motion.pathStrength,
      found: motion.found,
      colors: {
        edge: [er, eg, eb, strength],
        accent: [...accent, 1],
        found: [...found, 1],
        wanted: [...wanted, 1],
        pulse: [...pulse, 1],
        background: [...background, 1],
      },
      strokes: {
        drift: { color: [...drift, 0.9 * motion.drift], width: 2 * ratio, dash: 0, reveal: 1 },
        removed: {
          color: [tint(0), tint(1), tint(2), motion.removedTint > 0 ? 0.7 * motion.removed : strength],
          width: ratio,
          dash: motion.removedTint > 0 ? 4 * ratio : 0,
          reveal: 1,
        },
        added: { color: [...added, 0.9 * motion.added], width: 1.2 * ratio, dash: 0, reveal: 1 },
        hop: { color: [...accent, 0.9 * motion.pathStrength], width: 2 * ratio, dash: 0, reveal: motion.path },
        selected: { color: [...accent, 0.7], width: 1.2 * ratio, dash: 0, reveal: 1 },
      },
    };
  }

  /** The place of a document in the plane at a place of the playhead. */
  placeOf(document: number, playhead: number): [number, number] {
    const { region, rest } = motionAt(playhead);
    const way = ((this.nodes[2 * document + 1] ?? 0) & MARK.region) > 0 ? region : rest;
    const [at, next] = [2 * document, 2 * document + 1];
    return [
      this.before[at]! + way * (this.after[at]! - this.before[at]!),
      this.before[next]! + way * (this.after[next]! - this.before[next]!),
    ];
  }
}
