// One number of the step's record: ring[slot of this step, column] = sum of values[row * pitch + offset] over the live rows, as
// a fixed tree, or that added to what is there. A single workgroup; state.slot is the ring's slot.

#include "lib/rows.wgsl"
#include "lib/reduce.wgsl"
#include "lib/step.wgsl"

struct Dims { rows: Rows, pitch: u32, offset: u32, width: u32, column: u32, accumulate: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> state: StepState;
@group(0) @binding(3) var<storage, read> values: array<f32>; // ((rows - 1) * pitch + offset + 1)
@group(0) @binding(4) var<storage, read_write> ring: array<f32>; // (?, width)

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  let rows = live(dims.rows);
  var sum = 0.0;
  for (var row = lane; row < rows; row += 64u) { sum += values[row * dims.pitch + dims.offset]; }
  sum = sum_all(lane, sum);
  if (lane == 0u) {
    let at = state.slot * dims.width + dims.column;
    if (dims.accumulate != 0u) { sum += ring[at]; }
    ring[at] = sum;
  }
}
