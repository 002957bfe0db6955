import shader from '../../../../shaders/view/graph.wgsl';
import { createSurface, type Surface } from './surface';

/** Bits of a document's marks, as the shader reads them; the places are in 255ths. */
export const MARK = { region: 1, path: 2, found: 4, wanted: 8, hovered: 16, selected: 32, neighbour: 64, dimmed: 128 };
export const pathPlace = (share: number): number => Math.round(share * 255) << 8;
export const foundPlace = (share: number): number => Math.round(share * 255) << 16;
/** Set on the target of an edge that the step adds. */
export const ADDED = 0x80000000;

export type Stroke = 'drift' | 'removed' | 'added' | 'hop' | 'selected';
const KINDS: readonly Stroke[] = ['drift', 'removed', 'added', 'hop', 'selected'];

type Color = readonly [red: number, green: number, blue: number, alpha: number];

/** All that changes from frame to frame; lengths in pixels of the screen. */
export interface FrameState {
  /** Clip coordinates are position × scale + offset. */
  scale: readonly [x: number, y: number];
  offset: readonly [x: number, y: number];
  pointRadius: number;
  region: number;
  rest: number;
  pulse: number;
  addedShown: boolean;
  path: number;
  pathStrength: number;
  found: number;
  colors: Record<'edge' | 'accent' | 'found' | 'wanted' | 'pulse' | 'background', Color>;
  strokes: Record<Stroke, { color: Color; width: number; dash: number; reveal: number }>;
}

const FRAME_FLOATS = 4 * (4 + 6 + 2 * KINDS.length);
const BLEND: GPUBlendState = {
  color: { srcFactor: 'one', dstFactor: 'one-minus-src-alpha' },
  alpha: { srcFactor: 'one', dstFactor: 'one-minus-src-alpha' },
};

/** Draws documents, edges and what a step changed. The page sets buffers when a step changes, and small numbers a frame. */
export class GraphRenderer {
  /** Resolves with the reason once the device is gone. */
  readonly lost: Promise<string>;
  private readonly frame = new Float32Array(FRAME_FLOATS);
  private readonly frameBuffer: GPUBuffer;
  private readonly buffers: Record<'before' | 'after' | 'nodes' | 'targets', GPUBuffer>;
  private strokes: GPUBuffer;
  private strokeCount = 0;
  private group: GPUBindGroup;
  private multisampled: GPUTexture | null = null;
  private size = { width: 1, height: 1 };

  private constructor(
    private readonly device: GPUDevice,
    private readonly surface: Surface,
    private readonly layout: GPUBindGroupLayout,
    private readonly pipelines: Record<'edges' | 'points' | 'marked' | 'strokes', GPURenderPipeline>,
    readonly documents: number,
    readonly degreeBound: number,
  ) {
    this.lost = device.lost.then(({ message }) => message);
    const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
    const make = (size: number): GPUBuffer => device.createBuffer({ size: Math.max(16, size), usage });
    this.frameBuffer = device.createBuffer({ size: 4 * FRAME_FLOATS, usage: GPUBufferUsage.UNIFORM | GPUBufferUsage.COPY_DST }); // prettier-ignore
    this.buffers = {
      before: make(8 * documents),
      after: make(8 * documents),
      nodes: make(8 * documents),
      targets: make(4 * documents * degreeBound),
    };
    this.strokes = make(16 * 1024);
    this.group = this.bind();
  }

  /** @param software the adapter is the CPU. @throws Error with a sentence where the browser cannot draw */
  static async create(
    canvas: HTMLCanvasElement,
    software: boolean,
    documents: number,
    degreeBound: number,
  ): Promise<GraphRenderer> {
    // Typed as always there; browsers without WebGPU lack it.
    const gpu: GPU | undefined = navigator.gpu;
    const adapter = gpu ? await gpu.requestAdapter() : null;
    if (!adapter) throw new Error('this browser offers no WebGPU adapter');
    const bytes = Math.max(16, 4 * documents * degreeBound);
    const limits = bytes > 128 * 2 ** 20 ? { maxStorageBufferBindingSize: bytes } : {};
    const device = await adapter.requestDevice({ requiredLimits: limits });
    const surface = createSurface(device, canvas, software);
    if (!surface) throw new Error('the canvas is taken');
    const layout = createLayout(device);
    const pipelines = await createPipelines(device, layout, surface);
    return new GraphRenderer(device, surface, layout, pipelines, documents, degreeBound);
  }

  /** (N, 2) before and after the step. */
  setPositions(before: Float32Array<ArrayBuffer>, after: Float32Array<ArrayBuffer>): void {
    this.device.queue.writeBuffer(this.buffers.before, 0, before);
    this.device.queue.writeBuffer(this.buffers.after, 0, after);
  }

  /** (N, 2): colour (rgba8) and marks. */
  setNodes(nodes: Uint32Array<ArrayBuffer>): void {
    this.device.queue.writeBuffer(this.buffers.nodes, 0, nodes);
  }

  /** (N × degree bound) */
  setTargets(targets: Uint32Array<ArrayBuffer>): void {
    this.device.queue.writeBuffer(this.buffers.targets, 0, targets);
  }

  setStrokes(strokes: StrokeList): void {
    const { count, words } = strokes;
    const size = 16 * count;
    if (size > this.strokes.size) {
      this.strokes.destroy();
      const usage = GPUBufferUsage.STORAGE | GPUBufferUsage.COPY_DST;
      this.strokes = this.device.createBuffer({ size: 2 ** Math.ceil(Math.log2(size)), usage });
      this.group = this.bind();
    }
    this.device.queue.writeBuffer(this.strokes, 0, words, 0, 4 * count);
    this.strokeCount = count;
  }

  resize(width: number, height: number): void {
    if (width === this.size.width && height === this.size.height) return;
    this.size = { width, height };
    this.surface.resize(width, height);
    this.multisampled?.destroy();
    this.multisampled = null;
  }

  /** @returns false where an earlier frame is still on its way: draw again after `done`. */
  draw(state: FrameState, edges: boolean, done: () => void): boolean {
    const texture = this.surface.begin();
    if (!texture) return false;
    this.writeFrame(state);
    const encoder = this.device.createCommandEncoder();
    const target = texture.createView();
    const samples = this.samplesFor(texture);
    const [r, g, b] = state.colors.background;
    const pass = encoder.beginRenderPass({
      colorAttachments: [
        {
          view: samples ?? target,
          ...(samples ? { resolveTarget: target } : {}),
          loadOp: 'clear',
          storeOp: samples ? 'discard' : 'store',
          clearValue: [r, g, b, 1],
        },
      ],
    });
    pass.setBindGroup(0, this.group);
    if (edges) {
      pass.setPipeline(this.pipelines.edges);
      pass.draw(2 * this.documents * this.degreeBound);
    }
    pass.setPipeline(this.pipelines.points);
    pass.draw(6 * this.documents);
    if (this.strokeCount > 0) {
      pass.setPipeline(this.pipelines.strokes);
      pass.draw(6 * this.strokeCount);
    }
    pass.setPipeline(this.pipelines.marked);
    pass.draw(6 * this.documents);
    pass.end();
    this.surface.end(encoder, done);
    return true;
  }

  destroy(): void {
    this.surface.destroy();
    this.device.destroy();
  }

  private samplesFor({ width, height }: GPUTexture): GPUTextureView | null {
    const { samples, format } = this.surface;
    if (samples === 1) return null;
    this.multisampled ??= this.device.createTexture({
      size: [width, height],
      sampleCount: samples,
      format,
      usage: GPUTextureUsage.RENDER_ATTACHMENT,
    });
    return this.multisampled.createView();
  }

  private bind(): GPUBindGroup {
    const { before, after, nodes, targets } = this.buffers;
    const all = [this.frameBuffer, before, after, nodes, targets, this.strokes];
    return this.device.createBindGroup({
      layout: this.layout,
      entries: all.map((buffer, binding) => ({ binding, resource: { buffer } })),
    });
  }

  private writeFrame(state: FrameState): void {
    const { frame, size } = this;
    let at = 0;
    const put = (...values: readonly number[]): void => {
      frame.set(values, at);
      at += 4;
    };
    put(...state.scale, ...state.offset);
    put(size.width, size.height, state.pointRadius, this.degreeBound);
    put(state.region, state.rest, state.pulse, state.addedShown ? 1 : 0);
    put(state.path, state.found, state.pathStrength, 0);
    const { edge, accent, found, wanted, pulse, background } = state.colors;
    for (const color of [edge, accent, found, wanted, pulse, background]) put(...color);
    for (const kind of KINDS) put(...state.strokes[kind].color);
    for (const kind of KINDS) {
      const { width, dash, reveal } = state.strokes[kind];
      put(width, dash, reveal, 0);
    }
    this.device.queue.writeBuffer(this.frameBuffer, 0, frame);
  }
}

/** Strokes in the shader's layout, grown as needed. */
export class StrokeList {
  count = 0;
  words = new Uint32Array(4 * 256);
  private times = new Float32Array(this.words.buffer);

  clear(): void {
    this.count = 0;
  }

  /** @param at when it is revealed, 0 … 1 */
  add(kind: Stroke, from: number, to: number, at = 0): void {
    if (4 * this.count === this.words.length) {
      const wider = new Uint32Array(2 * this.words.length);
      wider.set(this.words);
      this.words = wider;
      this.times = new Float32Array(wider.buffer);
    }
    const start = 4 * this.count++;
    this.words[start] = from;
    this.words[start + 1] = to;
    this.words[start + 2] = KINDS.indexOf(kind);
    this.times[start + 3] = at;
  }
}

function createLayout(device: GPUDevice): GPUBindGroupLayout {
  const visibility = GPUShaderStage.VERTEX;
  const storage = (binding: number): GPUBindGroupLayoutEntry => ({ binding, visibility, buffer: { type: 'read-only-storage' } }); // prettier-ignore
  return device.createBindGroupLayout({
    entries: [
      { binding: 0, visibility: visibility | GPUShaderStage.FRAGMENT, buffer: { type: 'uniform' } },
      ...[1, 2, 3, 4, 5].map(storage),
    ],
  });
}

async function createPipelines(device: GPUDevice, group: GPUBindGroupLayout, { format, samples }: Surface) {
  const layout = device.createPipelineLayout({ bindGroupLayouts: [group] });
  const module = device.createShaderModule({ code: shader.code });
  const make = (vertex: string, fragment: string, topology: GPUPrimitiveTopology): Promise<GPURenderPipeline> =>
    device.createRenderPipelineAsync({
      layout,
      vertex: { module, entryPoint: vertex },
      fragment: { module, entryPoint: fragment, targets: [{ format, blend: BLEND }] },
      primitive: { topology },
      multisample: { count: samples },
    });
  const [edges, points, marked, strokes] = await Promise.all([
    make('edge_vertex', 'edge_fragment', 'line-list'),
    make('point_plain', 'point_fragment', 'triangle-list'),
    make('point_marked', 'point_fragment', 'triangle-list'),
    make('stroke_vertex', 'stroke_fragment', 'triangle-list'),
  ]);
  return { edges, points, marked, strokes };
}
