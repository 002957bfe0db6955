// C = A · B for any strides, for adapters that are a CPU and have subgroups: one invocation computes a block of C, 4 GROUPS
// rows × 8 columns, in registers, and the four lanes of a quad, which share its rows, load A for each other.
//
// There a load costs as much as six multiply-adds of four lanes, however regular its address; and a sum goes to memory and
// back each time, so it takes DEPTH products at once, in order (docs/decisions/software-adapters.md).

#include "lib/quads.wgsl"
#include "lib/rows.wgsl"
#include "lib/weights.wgsl"
#include "lib/matmul.wgsl"

const GROUPS = 8u; // specialised
const DEPTH = 4u; // specialised: 2 or 4
const COLUMNS = 8u;

@compute @workgroup_size(8, 2)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let rows = live(dims.rows);
  let part = part_of(id.z);
  let inner = part.y;
  let row = id.y * GROUPS * 4u;
  let column = id.x * COLUMNS;
  let lane = id.x & 3u;
  if (row >= rows || column - lane * COLUMNS >= dims.columns || is_empty(id.z, part)) { return; }
  let last_row = rows - 1u;
  let last_column = dims.columns - 1u;
  let a_inner = dims.a_inner;
  let b_inner = dims.b_inner;

  var at_a: array<u32, GROUPS>;
  var sum: array<vec4f, GROUPS * 8u>;
  for (var g = 0u; g < GROUPS; g++) { // unrolled
    at_a[g] = dims.a_base + min(row + g * 4u + lane, last_row) * dims.a_row;
  }
  let b0 = dims.b_base + min(column + 0u, last_column) * dims.b_column;
  let b1 = dims.b_base + min(column + 1u, last_column) * dims.b_column;
  let b2 = dims.b_base + min(column + 2u, last_column) * dims.b_column;
  let b3 = dims.b_base + min(column + 3u, last_column) * dims.b_column;
  let b4 = dims.b_base + min(column + 4u, last_column) * dims.b_column;
  let b5 = dims.b_base + min(column + 5u, last_column) * dims.b_column;
  let b6 = dims.b_base + min(column + 6u, last_column) * dims.b_column;
  let b7 = dims.b_base + min(column + 7u, last_column) * dims.b_column;
  if (CONTINUE == 1u) {
    for (var i = 0u; i < GROUPS * 4u; i++) {
      sum[i * 2u] = begun(min(row + i, last_row), column);
      sum[i * 2u + 1u] = begun(min(row + i, last_row), column + 4u);
    }
  }
  for (var k = part.x; k < inner; k += DEPTH) {
    var low: array<vec4f, 4>;
    var high: array<vec4f, 4>;
    var x: array<f32, GROUPS * 4u>;
    for (var j = 0u; j < DEPTH; j++) { // unrolled
      // Past the end, A counts as zero, and both sides read again what is there.
      let inside = k + j < inner;
      let at = min(k + j, inner - 1u);
      let kb = at * b_inner;
      low[j] = vec4f(load_b(b0 + kb), load_b(b1 + kb), load_b(b2 + kb), load_b(b3 + kb));
      high[j] = vec4f(load_b(b4 + kb), load_b(b5 + kb), load_b(b6 + kb), load_b(b7 + kb));
      let ka = at * a_inner;
      for (var g = 0u; g < GROUPS; g++) { // unrolled
        x[j * GROUPS + g] = select(0.0, load_a(at_a[g] + ka), inside);
      }
    }
    for (var g = 0u; g < GROUPS; g++) { // unrolled
      let y0 = of_quad(x[g]);
      let y1 = of_quad(x[GROUPS + g]);
      if (DEPTH == 2u) {
        sum[g * 8u] = fma(vec4f(y1.x), low[1], fma(vec4f(y0.x), low[0], sum[g * 8u]));
        sum[g * 8u + 1u] = fma(vec4f(y1.x), high[1], fma(vec4f(y0.x), high[0], sum[g * 8u + 1u]));
        sum[g * 8u + 2u] = fma(vec4f(y1.y), low[1], fma(vec4f(y0.y), low[0], sum[g * 8u + 2u]));
        sum[g * 8u + 3u] = fma(vec4f(y1.y), high[1], fma(vec4f(y0.y), high[0], sum[g * 8u + 3u]));
        sum[g * 8u + 4u] = fma(vec4f(y1.z), low[1], fma(vec4f(y0.z), low[0], sum[g * 8u + 4u]));
        sum[g * 8u + 5u] = fma(vec4f(y1.z), high[1], fma(vec4f(y0.z), high[0], sum[g * 8u + 5u]));
        sum[g * 8u + 6u] = fma(vec4f(y1.w), low[1], fma(vec4f(y0.w), low[0], sum[g * 8u + 6u]));
        sum[g * 8u + 7u] = fma(vec4f(y1.w), high[1], fma(vec4f(y0.w), high[0], sum[g * 8u + 7u]));
      } else {
        let y2 = of_quad(x[2u * GROUPS + g]);
        let y3 = of_quad(x[3u * GROUPS + g]);
        sum[g * 8u] = fma(vec4f(y3.x), low[3], fma(vec4f(y2.x), low[2], fma(vec4f(y1.x), low[1], fma(vec4f(y0.x), low[0], sum[g * 8u]))));
        sum[g * 8u + 1u] = fma(vec4f(y3.x), high[3], fma(vec4f(y2.x), high[2], fma(vec4f(y1.x), high[1], fma(vec4f(y0.x), high[0], sum[g * 8u + 1u]))));
        sum[g * 8u + 2u] = fma(vec4f(y3.y), low[3], fma(vec4f(y2.y), low[2], fma(vec4f(y1.y), low[1], fma(vec4f(y0.y), low[0], sum[g * 8u + 2u]))));
        sum[g * 8u + 3u] = fma(vec4f(y3.y), high[3], fma(vec4f(y2.y), high[2], fma(vec4f(y1.y), high[1], fma(vec4f(y0.y), high[0], sum[g * 8u + 3u]))));
        sum[g * 8u + 4u] = fma(vec4f(y3.z), low[3], fma(vec4f(y2.z), low[2], fma(vec4f(y1.z), low[1], fma(vec4f(y0.z), low[0], sum[g * 8u + 4u]))));
        sum[g * 8u + 5u] = fma(vec4f(y3.z), high[3], fma(vec4f(y2.z), high[2], fma(vec4f(y1.z), high[1], fma(vec4f(y0.z), high[0], sum[g * 8u + 5u]))));
        sum[g * 8u + 6u] = fma(vec4f(y3.w), low[3], fma(vec4f(y2.w), low[2], fma(vec4f(y1.w), low[1], fma(vec4f(y0.w), low[0], sum[g * 8u + 6u]))));
        sum[g * 8u + 7u] = fma(vec4f(y3.w), high[3], fma(vec4f(y2.w), high[2], fma(vec4f(y1.w), high[1], fma(vec4f(y0.w), high[0], sum[g * 8u + 7u]))));
      }
    }
  }
  let height = min(GROUPS * 4u, rows - row);
  let plain = dims.addend == 0u && dims.accumulate == 0u && dims.scale == 1.0 && column + COLUMNS <= dims.columns;
  for (var i = 0u; i < height; i++) {
    let at = c_at(id.z, row + i, column);
    if (plain) {
      let low = sum[i * 2u];
      let high = sum[i * 2u + 1u];
      c[at] = low.x;
      c[at + 1u] = low.y;
      c[at + 2u] = low.z;
      c[at + 3u] = low.w;
      c[at + 4u] = high.x;
      c[at + 5u] = high.y;
      c[at + 6u] = high.z;
      c[at + 7u] = high.w;
      continue;
    }
    for (var j = 0u; j < COLUMNS; j++) {
      if (column + j >= dims.columns) { break; }
      store(id.z, row + i, column + j, sum[i * 2u + j / 4u][j % 4u]);
    }
  }
}
