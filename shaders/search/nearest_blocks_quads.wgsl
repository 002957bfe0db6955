// The largest cosine of each query with a block of documents: best (rows, blocks), from queries (rows, inner) and documents
// (columns, inner), both L2-normalised. The cosines themselves are never written: the k blocks of the largest maxima hold the
// k nearest documents (nearest.ts).
//
// For adapters that are a CPU and have subgroups, as matmul_quads.wgsl, whose bits it has: one invocation owns 4 GROUPS queries
// and a block of 4 FOURS documents in registers, the four lanes of a quad load queries for each other, and a sum takes DEPTH
// products at once, in order.

#include "lib/quads.wgsl"
#include "lib/rows.wgsl"

const GROUPS = 8u; // specialised
const FOURS = 2u; // specialised
const DEPTH = 4u; // specialised: 2 or 4

struct Dims { rows: Rows, columns: u32, inner: u32, blocks: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> queries: array<f32>; // (rows, inner)
@group(0) @binding(3) var<storage, read> documents: array<f32>; // (columns, inner)
@group(0) @binding(4) var<storage, read_write> best: array<f32>; // (rows, blocks)

// The sum of one query with four documents, DEPTH products further: its values at these, and theirs.
fn further(sum: vec4f, q: vec4f, a: vec4f, b: vec4f, c: vec4f, d: vec4f) -> vec4f {
  if (DEPTH == 2u) { return fma(vec4f(q.y), b, fma(vec4f(q.x), a, sum)); }
  return fma(vec4f(q.w), d, fma(vec4f(q.z), c, fma(vec4f(q.y), b, fma(vec4f(q.x), a, sum))));
}

@compute @workgroup_size(8, 2)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let rows = live(dims.rows);
  let row = id.y * GROUPS * 4u;
  let lane = id.x & 3u;
  if (row >= rows || id.x - lane >= dims.blocks) { return; }
  let inner = dims.inner;
  let first = id.x * FOURS * 4u;
  // Past the end the last document counts again, which no maximum minds.
  let last = dims.columns - 1u;
  var at_q: array<u32, GROUPS>;
  var at_d: array<vec4u, FOURS>;
  var sum: array<vec4f, GROUPS * FOURS * 4u>;
  for (var g = 0u; g < GROUPS; g++) { // unrolled
    at_q[g] = min(row + g * 4u + lane, rows - 1u) * inner;
  }
  for (var h = 0u; h < FOURS; h++) { // unrolled
    at_d[h] = min(vec4u(first + h * 4u) + vec4u(0u, 1u, 2u, 3u), vec4u(last)) * inner;
  }
  for (var k = 0u; k < inner; k += DEPTH) {
    var y: array<vec4f, FOURS * 4u>;
    var x: array<f32, GROUPS * 4u>;
    for (var j = 0u; j < DEPTH; j++) { // unrolled
      // Past the end, queries count as zero, and both sides read again what is there.
      let inside = k + j < inner;
      let at = min(k + j, inner - 1u);
      for (var h = 0u; h < FOURS; h++) { // unrolled
        y[h * 4u + j] = vec4f(documents[at_d[h].x + at], documents[at_d[h].y + at], documents[at_d[h].z + at], documents[at_d[h].w + at]);
      }
      for (var g = 0u; g < GROUPS; g++) { // unrolled
        x[j * GROUPS + g] = select(0.0, queries[at_q[g] + at], inside);
      }
    }
    for (var g = 0u; g < GROUPS; g++) { // unrolled
      let q0 = of_quad(x[g]);
      let q1 = of_quad(x[GROUPS + g]);
      var q2 = vec4f();
      var q3 = vec4f();
      if (DEPTH == 4u) {
        q2 = of_quad(x[2u * GROUPS + g]);
        q3 = of_quad(x[3u * GROUPS + g]);
      }
      for (var h = 0u; h < FOURS; h++) { // unrolled
        let s = (g * FOURS + h) * 4u;
        sum[s] = further(sum[s], vec4f(q0.x, q1.x, q2.x, q3.x), y[h * 4u], y[h * 4u + 1u], y[h * 4u + 2u], y[h * 4u + 3u]);
        sum[s + 1u] = further(sum[s + 1u], vec4f(q0.y, q1.y, q2.y, q3.y), y[h * 4u], y[h * 4u + 1u], y[h * 4u + 2u], y[h * 4u + 3u]);
        sum[s + 2u] = further(sum[s + 2u], vec4f(q0.z, q1.z, q2.z, q3.z), y[h * 4u], y[h * 4u + 1u], y[h * 4u + 2u], y[h * 4u + 3u]);
        sum[s + 3u] = further(sum[s + 3u], vec4f(q0.w, q1.w, q2.w, q3.w), y[h * 4u], y[h * 4u + 1u], y[h * 4u + 2u], y[h * 4u + 3u]);
      }
    }
  }
  if (id.x >= dims.blocks) { return; }
  for (var i = 0u; i < min(GROUPS * 4u, rows - row); i++) {
    var most = vec4f(-3.0e38);
    for (var h = 0u; h < FOURS; h++) { most = max(most, sum[(i / 4u * FOURS + h) * 4u + i % 4u]); }
    best[(row + i) * dims.blocks + id.x] = max(max(most.x, most.y), max(most.z, most.w));
  }
}
