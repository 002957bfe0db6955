// One vertex of an edge: of place i/2 among the lists of neighbours (N × bound), the document that it belongs to (even i) or
// the one that it leads to (odd i). Drawn as lines; long ones are fainter, so that neighbourhoods show through the rest.

struct Frame {
  // Clip coordinates are position * view.xy + view.zw.
  view: vec4f,
  // Width and height in pixels, radius of a point in pixels, bound of a list.
  size: vec4f,
  // How far re-encoded documents are on their way from `before` to `after`, and all others; strength of the pulse; whether
  // added edges are there yet.
  motion: vec4f,
  // How much of the path and of what was found is lit; the rest is not used.
  lit: vec4f,
  edge: vec4f,
  accent: vec4f,
  found: vec4f,
  wanted: vec4f,
  pulse: vec4f,
  background: vec4f,
  // By kind of stroke: colour; width and dash in pixels, share revealed, kind of its ends.
  stroke_color: array<vec4f, 5>,
  stroke_shape: array<vec4f, 5>,
}

@group(0) @binding(0) var<uniform> frame: Frame;
@group(0) @binding(1) var<storage, read> before: array<vec2f>;
@group(0) @binding(2) var<storage, read> after: array<vec2f>;
// Colour (rgba8) and marks of each document; bit 0 of the marks: re-encoded.
@group(0) @binding(3) var<storage, read> nodes: array<vec2u>;
@group(0) @binding(4) var<storage, read> targets: array<u32>;

const NO_EDGE = 0xffffffffu;
// Set on an edge that this step's refresh adds.
const ADDED = 0x80000000u;
// Pixels up to which an edge has its full strength.
const SHORT = 36.0;

struct Vertex {
  @builtin(position) position: vec4f,
  @location(0) color: vec4f,
}

fn place_of(node: u32) -> vec2f {
  let way = select(frame.motion.y, frame.motion.x, (nodes[node].y & 1u) == 1u);
  return mix(before[node], after[node], way) * frame.view.xy + frame.view.zw;
}

@vertex
fn vertex(@builtin(vertex_index) index: u32) -> Vertex {
  let slot = index / 2u;
  let node = slot / u32(frame.size.w);
  let found = targets[slot];
  // Outside the picture: nothing is drawn.
  var out = Vertex(vec4f(2.0, 2.0, 2.0, 1.0), vec4f(0.0));
  if (found == NO_EDGE || ((found & ADDED) != 0u && frame.motion.w < 0.5)) {
    return out;
  }
  let start = place_of(node);
  let end = place_of(found & ~ADDED);
  let length = distance(start, end) * 0.5 * max(frame.size.x, 1.0);
  out.position = vec4f(select(start, end, (index & 1u) == 1u), 0.0, 1.0);
  out.color = vec4f(frame.edge.rgb, frame.edge.a * clamp(SHORT / max(length, 1.0), 0.1, 1.0));
  return out;
}

@fragment
fn fragment(in: Vertex) -> @location(0) vec4f {
  return vec4f(in.color.rgb * in.color.a, in.color.a);
}
