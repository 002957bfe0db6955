// The picture of the graph: its edges, its documents, and what a step changed or a search walked. One layout for all, so that
// the page sets one bind group a frame.

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
// Colour (rgba8) and marks of each document.
@group(0) @binding(3) var<storage, read> nodes: array<vec2u>;
// Lists of neighbours (N × bound).
@group(0) @binding(4) var<storage, read> targets: array<u32>;
// Documents a and b, kind, and when it is revealed (f32, 0 … 1).
@group(0) @binding(5) var<storage, read> strokes: array<vec4u>;

// Marks. Bits 8 … 15: place on the path, bits 16 … 23: place among what was found, both in 255ths.
const REGION = 1u;
const PATH = 2u;
const FOUND = 4u;
const WANTED = 8u;
const HOVERED = 16u;
const SELECTED = 32u;
const NEIGHBOUR = 64u;
const DIMMED = 128u;

fn place_of(node: u32) -> vec2f {
  let way = select(frame.motion.y, frame.motion.x, (nodes[node].y & REGION) != 0u);
  return mix(before[node], after[node], way) * frame.view.xy + frame.view.zw;
}

// Edges. One vertex: of place i/2 among the lists of neighbours, the document that it belongs to (even i) or the one that it
// leads to (odd i). Drawn as lines; long ones are fainter, so that neighbourhoods show through the rest.

const NO_EDGE = 0xffffffffu;
// Set on an edge that this step's refresh adds.
const ADDED = 0x80000000u;
// Pixels up to which an edge has its full strength.
const SHORT = 36.0;

struct EdgeVertex {
  @builtin(position) position: vec4f,
  @location(0) color: vec4f,
}

@vertex
fn edge_vertex(@builtin(vertex_index) index: u32) -> EdgeVertex {
  let slot = index / 2u;
  let node = slot / u32(frame.size.w);
  let found = targets[slot];
  // Outside the picture: nothing is drawn.
  var out = EdgeVertex(vec4f(2.0, 2.0, 2.0, 1.0), vec4f(0.0));
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
fn edge_fragment(in: EdgeVertex) -> @location(0) vec4f {
  return vec4f(in.color.rgb * in.color.a, in.color.a);
}

// Documents. One corner of the square that a point is drawn in, and its colour there: a disc, and a ring or a halo where the
// step or the reader marked it. `point_plain` draws every document, `point_marked` those with a mark once more, on top.

struct PointVertex {
  @builtin(position) position: vec4f,
  // Pixels from the centre.
  @location(0) at: vec2f,
  @location(1) fill: vec4f,
  @location(2) ring: vec4f,
  @location(3) halo: vec4f,
  // Radii in pixels: of the disc, of the ring and half its width.
  @location(4) radii: vec3f,
}

// Points and strokes are two triangles each in one list: a CPU adapter draws instances one by one, which takes it seconds.
fn corner_at(index: u32) -> u32 {
  let vertex = index % 6u;
  return select(vertex - 2u, vertex, vertex < 3u);
}

fn corner_of(corner: u32) -> vec2f {
  return vec2f(f32(corner & 1u), f32(corner >> 1u)) * 2.0 - 1.0;
}

fn point_at(corner: u32, node: u32, is_top: bool) -> PointVertex {
  let marks = nodes[node].y;
  let path_lit = (marks & PATH) != 0u && f32((marks >> 8u) & 255u) / 255.0 <= frame.lit.x;
  let found_lit = (marks & FOUND) != 0u && f32((marks >> 16u) & 255u) / 255.0 <= frame.lit.y;
  var radius = frame.size.z;
  var fill = unpack4x8unorm(nodes[node].x);
  var ring = vec4f(0.0);
  var halo = vec4f(0.0);
  var ring_radius = 0.0;
  var half_width = 0.75;
  if ((marks & REGION) != 0u && frame.motion.z > 0.0) {
    halo = vec4f(frame.pulse.rgb, 0.35 * frame.motion.z);
  }
  if ((marks & (REGION | NEIGHBOUR)) != 0u || path_lit) {
    radius *= 1.25;
  }
  if (path_lit) {
    ring = vec4f(frame.accent.rgb, frame.lit.z);
    ring_radius = radius + 1.5;
  }
  if (found_lit) {
    ring = vec4f(frame.found.rgb, 0.9);
    ring_radius = radius + 2.0;
  }
  if ((marks & WANTED) != 0u) {
    radius *= 1.5;
    ring = frame.wanted;
    ring_radius = radius + 3.5;
    half_width = 1.1;
  }
  if ((marks & (HOVERED | SELECTED)) != 0u) {
    radius *= 1.6;
    ring = frame.accent;
    ring_radius = radius + select(2.0, 3.0, (marks & SELECTED) != 0u);
    half_width = select(0.75, 1.3, (marks & SELECTED) != 0u);
  }
  if ((marks & DIMMED) != 0u) {
    fill.a *= 0.15;
  }
  let is_marked = (marks & (REGION | HOVERED | SELECTED | NEIGHBOUR | WANTED)) != 0u || path_lit || found_lit;
  let centre = place_of(node);
  let reach = max(radius * select(1.0, 3.0, halo.a > 0.0), ring_radius + half_width) + 1.0;
  let at = corner_of(corner) * reach;
  var out: PointVertex;
  out.position = vec4f(centre + at * 2.0 / frame.size.xy, 0.0, 1.0);
  if (is_top && !is_marked) {
    out.position = vec4f(2.0, 2.0, 2.0, 1.0);
  }
  out.at = at;
  out.fill = fill;
  out.ring = ring;
  out.halo = halo;
  out.radii = vec3f(radius, ring_radius, half_width);
  return out;
}

@vertex
fn point_plain(@builtin(vertex_index) index: u32) -> PointVertex {
  return point_at(corner_at(index), index / 6u, false);
}

@vertex
fn point_marked(@builtin(vertex_index) index: u32) -> PointVertex {
  return point_at(corner_at(index), index / 6u, true);
}

fn over(top: vec4f, below: vec4f) -> vec4f {
  return top + below * (1.0 - top.a);
}

@fragment
fn point_fragment(in: PointVertex) -> @location(0) vec4f {
  let away = length(in.at);
  let disc = in.fill.a * clamp(in.radii.x + 0.5 - away, 0.0, 1.0);
  let ring = in.ring.a * clamp(in.radii.z + 0.5 - abs(away - in.radii.y), 0.0, 1.0);
  let halo = in.halo.a * clamp(1.0 - away / (3.0 * in.radii.x), 0.0, 1.0);
  let inner = over(vec4f(in.fill.rgb * disc, disc), vec4f(in.halo.rgb * halo, halo));
  return over(vec4f(in.ring.rgb * ring, ring), inner);
}

// Strokes. One corner of a band from document a to document b. Kinds: 0 from a's old place to where it is, thin to thick; 1 a
// removed edge; 2 an added one; 3 a hop of a search; 4 an edge of the selected.

struct StrokeVertex {
  @builtin(position) position: vec4f,
  @location(0) color: vec4f,
  // Pixels along the stroke, across it, half its width there, length of a dash (0 where it is whole).
  @location(1) at: vec4f,
}

@vertex
fn stroke_vertex(@builtin(vertex_index) index: u32) -> StrokeVertex {
  let stroke = strokes[index / 6u];
  let corner = corner_at(index);
  let kind = stroke.z;
  let shape = frame.stroke_shape[kind];
  let half_size = frame.size.xy * 0.5;
  var start = place_of(stroke.x) * half_size;
  if (kind == 0u) {
    start = (before[stroke.x] * frame.view.xy + frame.view.zw) * half_size;
  }
  let end = place_of(stroke.y) * half_size;
  let way = end - start;
  let length = max(length(way), 0.001);
  let along = way / length;
  let is_end = (corner & 1u) == 1u;
  let side = select(-1.0, 1.0, corner > 1u);
  var half_width = 0.5 * shape.x;
  if (kind == 0u && !is_end) {
    half_width *= 0.25;
  }
  let across = vec2f(-along.y, along.x) * side * (half_width + 1.0);
  var out: StrokeVertex;
  out.position = vec4f((select(start, end, is_end) + across) / half_size, 0.0, 1.0);
  if (bitcast<f32>(stroke.w) > shape.z || frame.stroke_color[kind].a <= 0.0) {
    out.position = vec4f(2.0, 2.0, 2.0, 1.0);
  }
  out.color = frame.stroke_color[kind];
  out.at = vec4f(select(0.0, length, is_end), side * (half_width + 1.0), half_width, shape.y);
  return out;
}

@fragment
fn stroke_fragment(in: StrokeVertex) -> @location(0) vec4f {
  var alpha = in.color.a * clamp(in.at.z + 0.5 - abs(in.at.y), 0.0, 1.0);
  if (in.at.w > 0.0 && fract(in.at.x / (2.0 * in.at.w)) > 0.5) {
    alpha = 0.0;
  }
  return vec4f(in.color.rgb * alpha, alpha);
}
