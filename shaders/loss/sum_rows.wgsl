// One number of the step's record: ring[slot of this step, column] = sum of values[row * pitch + offset] over the live rows, as
// a fixed tree. A single workgroup; state[0] is the ring's slot.

struct Dims { rows: u32, rows_slot: u32, rows_start: u32, pitch: u32, offset: u32, width: u32, column: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> counts: array<u32>;
@group(0) @binding(2) var<storage, read> state: array<u32>;
@group(0) @binding(3) var<storage, read> values: array<f32>;
@group(0) @binding(4) var<storage, read_write> ring: array<f32>;

var<workgroup> shared_value: array<f32, 64>;

// The sum over the workgroup, as a fixed tree; every invocation gets it.
fn sum_all(lane: u32, value: f32) -> f32 {
  shared_value[lane] = value;
  workgroupBarrier();
  for (var step = 32u; step > 0u; step >>= 1u) {
    if (lane < step) { shared_value[lane] += shared_value[lane + step]; }
    workgroupBarrier();
  }
  let result = shared_value[0];
  workgroupBarrier();
  return result;
}

// How many of `limit` rows from `start` on hold data in this step.
fn live(limit: u32, slot: u32, start: u32) -> u32 {
  let n = counts[slot];
  return min(limit, select(0u, n - start, n > start));
}

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  let rows = live(dims.rows, dims.rows_slot, dims.rows_start);
  var sum = 0.0;
  for (var row = lane; row < rows; row += 64u) { sum += values[row * dims.pitch + dims.offset]; }
  sum = sum_all(lane, sum);
  if (lane == 0u) { ring[state[0] * dims.width + dims.column] = sum; }
}
