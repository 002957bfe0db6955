// C (rows, columns) = A (rows, inner) · B (inner, columns) for any strides: what all shaders of the product share. Each sums
// every element over `inner` in order, one fma a step, so all give the same bits, also where `inner` is cut into several products.
// Both sides are rounded first as half.wgsl says. Where `inner` is cut into parts, C holds the sums of each, (parts, rows, columns),
// for sum_parts.wgsl to add up.

#include "lib/half.wgsl"
#include "lib/parts.wgsl"

struct Dims {
  rows: Rows,
  inner: Rows,
  columns: u32,
  a_base: u32, a_row: u32, a_inner: u32, // element (i, k) of A lies at a_base + i a_row + k a_inner
  b_base: u32, b_inner: u32, b_column: u32, // element (k, j) of B lies at b_base + k b_inner + j b_column
  c_base: u32, c_row: u32, c_part: u32, // element (i, j) of C lies at c_base + i c_row + j, that of part p c_part further each
  parts: u32, // the most that `inner` is cut into; 1: it is not
  accumulate: u32, // 1: C += A · B
  scale: f32, // of A · B
  addend: u32, // 1: add a bias, from its element c_base on, 2: add a matrix laid out as C (a residual)
}

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> a: array<f32>; // (a_base + (rows - 1) * a_row + (inner - 1) * a_inner + 1)
@group(0) @binding(3) var<storage, read> b: array<u32>; // (((b_base + (inner - 1) * b_inner + (columns - 1) * b_column + 1) * BLOCK_BYTES + 127) / 128); elements as in weights.wgsl
@group(0) @binding(4) var<storage, read> addend: array<f32>; // ((addend == 1) * (c_base + columns) + (addend == 2) * (c_base + (rows - 1) * c_row + columns))
@group(0) @binding(5) var<storage, read_write> c: array<f32>; // (c_base + (parts - 1) * c_part + (rows - 1) * c_row + columns)

// 1: the sums go on from what C holds, which an earlier product over the elements of `inner` before these left there.
const CONTINUE = 0u; // specialised

// What C holds in four columns of a row, where sums go on from it.
fn begun(row: u32, column: u32) -> vec4f {
  var sum = vec4f();
  for (var j = 0u; j < 4u; j++) {
    if (column + j < dims.columns) { sum[j] = c[dims.c_base + row * dims.c_row + column + j]; }
  }
  return sum;
}

fn load_a(i: u32) -> f32 { return operand(a[i]); }

fn load_b(i: u32) -> f32 {
  if (WEIGHTS >= Q8_0) { return operand(unpack(b[scale_word_of(i)], b[word_of(i)], i)); }
  return operand(widen(b[word_of(i)], i));
}

// The elements of `inner` that part p sums.
fn part_of(p: u32) -> vec2u {
  return part_range(p, live(dims.inner), dims.parts);
}

fn c_at(p: u32, row: u32, column: u32) -> u32 {
  return dims.c_base + p * dims.c_part + row * dims.c_row + column;
}

fn store(p: u32, row: u32, column: u32, sum: f32) {
  let at = c_at(p, row, column);
  var value = sum * dims.scale;
  if (dims.addend != 0u) { value += addend[select(at, dims.c_base + column, dims.addend == 1u)]; }
  if (dims.accumulate == 1u) { value += c[at]; }
  c[at] = value;
}
