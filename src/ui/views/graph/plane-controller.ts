import { graph, useGraph } from '../../../store/graph';
import { lab } from '../../../store/lab';
import { answerOf, useSearch } from '../../../store/search';
import { useSelection } from '../../../store/selection';
import {
  nearestPoint,
  nearestTowards,
  pan,
  toScreen,
  zoom,
  type ArrowDirection,
  type Size,
} from '../../../view/graph/camera';
import { END } from '../../../view/graph/phases';
import { searchOf } from '../../../view/graph/searches';
import { litNow } from './lit';
import { GraphRenderer } from './renderer';
import { Scene, type Wanted } from './scene';
import { readColors } from './scene-colors';

const PHASE_MS = 1000;
/** A step passed while the timeline plays: its changes in one quick move. */
const GLANCE = { from: 1.2, rate: 12 };
/**
 * Number of edges above which they are left out while the picture moves, on an adapter that is a CPU: a frame with more
 * takes seconds.
 */
const SLOW_EDGES = 20_000;
const SETTLED_MS = 200;
const REACH = 14;
const CLICK_SLOP = 4;

/** Elements over the picture that follow a document. */
export interface Labels {
  hover: HTMLElement;
  score: HTMLElement;
}

/** The picture and what moves it: stores, pointer, keys, time. React makes it and releases it; frames never pass through React. */
export class PlaneController {
  private renderer: GraphRenderer | null = null;
  private scene: Scene | null = null;
  private frame = 0;
  private last = 0;
  private stale = true;
  private glance = 0;
  private readonly leave: (() => void)[] = [];
  private readonly pointers = new Map<number, { x: number; y: number }>();
  private travelled = 0;
  private size: Size = { width: 1, height: 1 };
  private ratio = 1;
  private seenVersion = -1;
  private isGone = false;
  private isSoftware = false;
  /** The time when another step or another part of the plane came into view. */
  private movedAt = -Infinity;

  constructor(
    private readonly host: HTMLElement,
    private readonly canvas: HTMLCanvasElement,
    private readonly labels: Labels,
    private readonly onFailure: (reason: string) => void,
  ) {}

  /** @param software whether the adapter is the CPU */
  async start(software: boolean): Promise<void> {
    const { history } = graph;
    if (!history) return;
    this.isSoftware = software;
    try {
      const renderer = await GraphRenderer.create(this.canvas, software, history.documents, history.degreeBound);
      if (this.isGone) {
        renderer.destroy();
        return;
      }
      this.renderer = renderer;
      void renderer.lost.then((reason) => {
        if (!this.isGone) this.onFailure(reason || 'the GPU was taken away');
      });
    } catch (error) {
      if (!this.isGone) this.onFailure(error instanceof Error ? error.message : String(error));
      return;
    }
    this.scene = new Scene(this.renderer, readColors(this.host));
    const observer = new ResizeObserver(() => this.refresh());
    observer.observe(this.host);
    this.leave.push(
      () => observer.disconnect(),
      useGraph.subscribe((state, before) => {
        if (state.playing && !before.playing) this.last = performance.now();
        this.refresh();
      }),
      useSearch.subscribe((state, before) => {
        if (answerOf(state) !== answerOf(before)) this.refresh();
      }),
      useSelection.subscribe((state, before) => {
        if (
          state.step !== before.step ||
          state.completion !== before.completion ||
          state.document !== before.document
        ) {
          this.refresh();
        }
      }),
    );
    this.refresh();
  }

  destroy(): void {
    this.isGone = true;
    cancelAnimationFrame(this.frame);
    for (const stop of this.leave) stop();
    this.renderer?.destroy();
  }

  /** The page's colours have changed. */
  recolor(): void {
    if (!this.renderer || !this.scene) return;
    const { camera, home } = this.scene;
    this.scene = new Scene(this.renderer, readColors(this.host));
    Object.assign(this.scene, { camera, home });
    this.refresh();
  }

  /** Steps that follow each other are shown as one move, while the timeline plays. */
  glanceAtNext(): void {
    this.glance = GLANCE.from;
  }

  fit(): void {
    if (!this.scene) return;
    this.scene.home = null;
    this.refresh();
  }

  zoomBy(factor: number, left = this.size.width / 2, top = this.size.height / 2): void {
    const { scene } = this;
    if (!scene?.camera || !scene.home) return;
    scene.camera = zoom(scene.camera, this.size, factor, left, top, scene.home);
    this.movedAt = performance.now();
    this.schedule();
  }

  private refresh(): void {
    this.stale = true;
    this.schedule();
  }

  private schedule(): void {
    if (this.frame === 0 && !this.isGone) this.frame = requestAnimationFrame(this.tick);
  }

  private readonly tick = (now: number): void => {
    this.frame = 0;
    const { renderer, scene } = this;
    if (!renderer || !scene) return;
    this.measure(renderer, scene);
    if (this.stale) this.update(scene);
    const playhead = this.advance(now);
    const { edges, playing } = useGraph.getState();
    const isMoving = playing || this.glance > 0 || this.pointers.size > 0 || now - this.movedAt < SETTLED_MS;
    const isLight = this.isSoftware && isMoving && scene.drawn.edges > SLOW_EDGES;
    const drawing = renderer.draw(scene.frame(playhead, this.size, this.ratio), edges && !isLight, () => {
      if (useGraph.getState().playing || this.glance > 0 || this.stale || isLight) this.schedule();
    });
    // An earlier frame is on its way: the next one shows what is new.
    if (!drawing) this.schedule();
    this.placeLabels(scene, playhead);
  };

  private measure(renderer: GraphRenderer, scene: Scene): void {
    const size = { width: Math.max(1, this.host.clientWidth), height: Math.max(1, this.host.clientHeight) };
    const isOther = size.width !== this.size.width || size.height !== this.size.height;
    // Everything stays in view until the user zooms in.
    if (isOther && scene.camera === scene.home) scene.home = null;
    this.size = size;
    this.ratio = devicePixelRatio;
    renderer.resize(Math.round(this.size.width * this.ratio), Math.round(this.size.height * this.ratio));
  }

  private update(scene: Scene): void {
    const { version } = useGraph.getState();
    if (version !== this.seenVersion) scene.recolor();
    this.seenVersion = version;
    this.stale = false;
    const legend = this.host.querySelector('.plane-legend')?.clientHeight ?? 0;
    if (!scene.show(wantedNow(), this.size, legend)) return;
    const { drawn } = scene;
    if (Number(this.canvas.dataset['step']) !== drawn.step) this.movedAt = performance.now();
    // What a reader of the page, a journey too, can hold against the record.
    Object.assign(this.canvas.dataset, drawn);
  }

  private advance(now: number): number {
    const { playing, playhead, set } = useGraph.getState();
    if (this.glance > 0) {
      this.glance += ((now - this.last) / PHASE_MS) * GLANCE.rate;
      this.last = now;
      if (this.glance < END) return this.glance;
      this.glance = 0;
      return playhead;
    }
    if (!playing) return playhead;
    const next = Math.min(END, playhead + Math.min(100, now - this.last) / PHASE_MS);
    this.last = now;
    set({ playhead: next, playing: next < END });
    return next;
  }

  private placeLabels(scene: Scene, playhead: number): void {
    const { hovered } = useGraph.getState();
    const document = graph.documents[hovered];
    this.place(this.labels.hover, document ? hovered : -1, scene, playhead);
    if (document) this.labels.hover.textContent = document.title ?? document.text;
    const wanted = Number(this.labels.score.dataset['document'] ?? -1);
    this.place(this.labels.score, playhead > 5 ? wanted : -1, scene, playhead);
  }

  private place(label: HTMLElement, document: number, scene: Scene, playhead: number): void {
    label.hidden = document < 0 || !scene.camera;
    if (label.hidden || !scene.camera) return;
    const [left, top] = toScreen(scene.camera, this.size, ...scene.placeOf(document, playhead));
    label.style.translate = `${Math.round(Math.min(left + 12, this.size.width - label.offsetWidth - 4))}px ${Math.round(Math.max(4, top - 30))}px`;
  }

  // Pointer and keys.

  onPointerDown(event: PointerEvent): void {
    this.canvas.setPointerCapture(event.pointerId);
    this.pointers.set(event.pointerId, { x: event.offsetX, y: event.offsetY });
    this.travelled = 0;
  }

  onPointerMove(event: PointerEvent): void {
    const { scene } = this;
    if (!scene?.camera) return;
    const at = { x: event.offsetX, y: event.offsetY };
    const before = this.pointers.get(event.pointerId);
    if (!before) {
      const hovered = nearestPoint(scene.after, scene.camera, this.size, at.x, at.y, REACH);
      if (hovered !== useGraph.getState().hovered) useGraph.getState().set({ hovered });
      return;
    }
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, at);
    this.travelled += Math.hypot(at.x - before.x, at.y - before.y);
    if (!other) {
      scene.camera = pan(scene.camera, at.x - before.x, at.y - before.y);
      this.schedule();
      return;
    }
    // Two fingers: nearer by as much as they part, about the point between them.
    const factor = Math.hypot(at.x - other.x, at.y - other.y) / Math.max(1, Math.hypot(before.x - other.x, before.y - other.y)); // prettier-ignore
    this.zoomBy(factor, (at.x + other.x) / 2, (at.y + other.y) / 2);
  }

  onPointerUp(event: PointerEvent): void {
    const was = this.pointers.delete(event.pointerId);
    const { scene } = this;
    if (!was || this.travelled > CLICK_SLOP || !scene?.camera || event.type !== 'pointerup') return;
    const found = nearestPoint(scene.after, scene.camera, this.size, event.offsetX, event.offsetY, REACH);
    if (found >= 0) openDocument(found);
  }

  onWheel(event: WheelEvent): void {
    event.preventDefault();
    this.zoomBy(Math.exp(-event.deltaY * (event.ctrlKey ? 0.01 : 0.0015)), event.offsetX, event.offsetY);
  }

  /** @returns whether the key meant something */
  onKey(key: string, shift: boolean): boolean {
    const direction = DIRECTIONS[key];
    const { scene } = this;
    if (direction && scene?.camera) {
      if (shift) {
        const [right, down] = { left: [60, 0], right: [-60, 0], up: [0, 60], down: [0, -60] }[direction] as [
          number,
          number,
        ];
        scene.camera = pan(scene.camera, right, down);
        this.schedule();
        return true;
      }
      const selected = useSelection.getState().document?.document;
      const next =
        selected === undefined
          ? nearestPoint(scene.after, scene.camera, this.size, this.size.width / 2, this.size.height / 2, Infinity)
          : nearestTowards(scene.after, selected, direction);
      if (next >= 0) openDocument(next);
      return true;
    }
    if (key === '+' || key === '=') this.zoomBy(1.4);
    else if (key === '-') this.zoomBy(1 / 1.4);
    else if (key === '0') this.fit();
    else return false;
    return true;
  }
}

const DIRECTIONS: Readonly<Record<string, ArrowDirection>> = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
};

/** Opens a document's card, at once where its text is here. */
export function openDocument(document: number): void {
  const card = graph.documents[document];
  if (card) useSelection.getState().selectDocument(card);
  else void lab.openDocument(document);
}

/** What the picture should show, by the stores. */
function wantedNow(): Wanted {
  const { step, document, query, completion } = useSelection.getState();
  const { hovered, topic, drawn, ...held } = useGraph.getState();
  const color = drawn === 'map' ? 'topic' : held.color;
  const { history } = graph;
  const shown = step ?? Infinity;
  const searches = history?.refresh(history.indexAt(shown))?.searches ?? [];
  const selected = document?.document ?? -1;
  return { step: shown, search: searchOf(searches, query, completion), lit: litNow(), color, selected, hovered, topic };
}
