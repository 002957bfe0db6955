// One corner of a stroke: what a step changed or a search walked, as a band from document a to document b. Kinds: 0 from a's
// old place to where it is, thin to thick; 1 a removed edge; 2 an added one; 3 a hop of a search; 4 an edge of the selected.

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
@group(0) @binding(3) var<storage, read> nodes: array<vec2u>;
// Documents a and b, kind, and when it is revealed (f32, 0 … 1).
@group(0) @binding(5) var<storage, read> strokes: array<vec4u>;

struct Vertex {
  @builtin(position) position: vec4f,
  @location(0) color: vec4f,
  // Pixels along the stroke, across it, half its width there, length of a dash (0 where it is whole).
  @location(1) at: vec4f,
}

fn place_of(node: u32) -> vec2f {
  let way = select(frame.motion.y, frame.motion.x, (nodes[node].y & 1u) == 1u);
  return mix(before[node], after[node], way) * frame.view.xy + frame.view.zw;
}

@vertex
fn vertex(@builtin(vertex_index) corner: u32, @builtin(instance_index) index: u32) -> Vertex {
  let stroke = strokes[index];
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
  var out: Vertex;
  out.position = vec4f((select(start, end, is_end) + across) / half_size, 0.0, 1.0);
  if (bitcast<f32>(stroke.w) > shape.z || frame.stroke_color[kind].a <= 0.0) {
    out.position = vec4f(2.0, 2.0, 2.0, 1.0);
  }
  out.color = frame.stroke_color[kind];
  out.at = vec4f(select(0.0, length, is_end), side * (half_width + 1.0), half_width, shape.y);
  return out;
}

@fragment
fn fragment(in: Vertex) -> @location(0) vec4f {
  var alpha = in.color.a * clamp(in.at.z + 0.5 - abs(in.at.y), 0.0, 1.0);
  if (in.at.w > 0.0 && fract(in.at.x / (2.0 * in.at.w)) > 0.5) {
    alpha = 0.0;
  }
  return vec4f(in.color.rgb * alpha, alpha);
}
