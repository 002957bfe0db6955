// C = A · B for any strides and few rows, as when one token a sequence is made: one invocation computes ROWS rows × 4 columns.
// Where a column's weights lie side by side, as in y = x · wᵀ, blocks of 32 are unpacked as a whole: a scale is read once, and a
// word of quants gives four weights or eight.

#include "lib/rows.wgsl"
#include "lib/weights.wgsl"
#include "lib/matmul.wgsl"

const ROWS = 1u; // specialised

// Where the rows of A begin, and the sums of four columns each.
struct Sums { at: array<u32, ROWS>, sum: array<vec4f, ROWS> }

// Adds four weights, element k of `inner`, times A's rows.
fn add(s: ptr<function, Sums>, weights: vec4f, k: u32) {
  let ka = k * dims.a_inner;
  let right = vec4f(operand(weights.x), operand(weights.y), operand(weights.z), operand(weights.w));
  for (var r = 0u; r < ROWS; r++) { // unrolled
    (*s).sum[r] = fma(vec4f(load_a((*s).at[r] + ka)), right, (*s).sum[r]);
  }
}

// The word of quants at a byte that may be the middle of a word.
fn quants_at(byte: u32) -> u32 {
  let word = b[byte >> 2u];
  if (WEIGHTS == Q4_1) { return word; }
  // One that begins there needs the next word too, any other reads its own again.
  let half = byte & 2u;
  let next = b[(byte + half) >> 2u];
  return select(word, (word >> 16u) | (next << 16u), half != 0u);
}

// The half at an even byte.
fn half_at(byte: u32) -> f32 {
  return half_of((b[byte >> 2u] >> ((byte & 2u) * 8u)) & 0xffffu);
}

// Adds weights k to k + 3 of four columns, whose blocks of 32 that hold them begin at these bytes.
fn add_four(s: ptr<function, Sums>, at: vec4u, k: u32) {
  let d = vec4f(half_at(at.x), half_at(at.y), half_at(at.z), half_at(at.w));
  // The product with -8 is exact, and so is q4_0's sum.
  var m = d * -8.0;
  if (WEIGHTS == Q4_1) { m = vec4f(half_at(at.x + 2u), half_at(at.y + 2u), half_at(at.z + 2u), half_at(at.w + 2u)); }
  let quant = at + vec4u(quant_of(k & 31u));
  let words = vec4u(quants_at(quant.x), quants_at(quant.y), quants_at(quant.z), quants_at(quant.w));
  for (var j = 0u; j < 4u; j++) {
    if (WEIGHTS == Q8_0) {
      add(s, d * vec4f(bitcast<vec4i>(words << vec4u(24u - 8u * j)) >> vec4u(24u)), k + j);
    } else {
      add(s, d * vec4f((words >> vec4u(8u * j + ((k & 16u) >> 2u))) & vec4u(15u)) + m, k + j);
    }
  }
}

@compute @workgroup_size(16)
fn main(@builtin(global_invocation_id) id: vec3u) {
  let rows = live(dims.rows);
  let part = part_of(id.z);
  let inner = part.y;
  let row = id.y * ROWS;
  let column = id.x * 4u;
  if (row >= rows || column >= dims.columns || is_empty(id.z, part)) { return; }
  let last_row = rows - 1u;
  let columns = vec4u(dims.b_base) + min(vec4u(column, column + 1u, column + 2u, column + 3u), vec4u(dims.columns - 1u)) * dims.b_column;
  var s: Sums;
  for (var r = 0u; r < ROWS; r++) { // unrolled
    s.at[r] = dims.a_base + min(row + r, last_row) * dims.a_row;
    if (CONTINUE == 1u) { s.sum[r] = begun(min(row + r, last_row), column); }
  }
  if (WEIGHTS >= Q8_0 && dims.b_inner == 1u && (dims.b_base & 31u) == 0u) {
    for (var k = part.x; k < inner; k += 4u) { add_four(&s, ((columns + vec4u(k)) >> vec4u(5u)) * BLOCK_BYTES, k); }
  } else {
    for (var k = part.x; k < inner; k++) {
      let at = columns + vec4u(k * dims.b_inner);
      add(&s, vec4f(load_b(at.x), load_b(at.y), load_b(at.z), load_b(at.w)), k);
    }
  }
  // Written out from a copy: what is indexed by a variable lies in memory, and stores in a row take long to compile.
  var sums = s.sum;
  let height = min(ROWS, rows - row);
  let width = min(4u, dims.columns - column);
  for (var r = 0u; r < height; r++) {
    for (var j = 0u; j < width; j++) { store(id.z, row + r, column + j, sums[r][j]); }
  }
}
