// Between two tokens: drops the rows of sequences that are done, keeping the order of the others, and moves on to the next
// position, so that what ended costs nothing. One workgroup; each invocation compacts a run of rows.

#include "lib/sampling.wgsl"

struct Dims { limit: u32, slot: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read_write> counts: array<u32>; // (?)
@group(0) @binding(2) var<storage, read_write> state: SamplingState;
@group(0) @binding(3) var<storage, read> rows: array<Row>; // (limit)
@group(0) @binding(4) var<storage, read_write> next: array<Row>; // (limit)
@group(0) @binding(5) var<storage, read_write> ids: array<u32>; // (limit)
@group(0) @binding(6) var<storage, read_write> positions: array<u32>; // (limit)

var<workgroup> kept: array<u32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  let count = min(counts[dims.slot], dims.limit);
  let run = (count + 63u) / 64u;
  let first = min(lane * run, count);
  let end = min(first + run, count);
  var mine = 0u;
  for (var r = first; r < end; r++) { mine += 1u - rows[r].done; }
  kept[lane] = mine;
  workgroupBarrier();
  var to = 0u;
  for (var i = 0u; i < lane; i++) { to += kept[i]; }
  for (var r = first; r < end; r++) {
    var info = rows[r];
    if (info.done == 1u) { continue; }
    info.position += 1u;
    next[to] = info;
    ids[to] = info.id;
    positions[to] = info.position;
    to++;
  }
  // Every invocation has read the count before the last one replaces it.
  workgroupBarrier();
  if (lane == 63u) {
    counts[dims.slot] = to;
    state.t += 1u;
  }
}
