// Between two tokens: drops the rows of sequences that are done, keeping the order of the others, and moves on to the next
// position, so that what ended costs nothing. One workgroup; each invocation compacts a run of rows.
//
// state: [0] position t of the token being made, [1] sequences, [2] tokens at most, [3] stop token, [4] seed, [5] stream,
// [6] step, [7] top-k, [8] 1 / temperature as float bits (0: greedy), [9] top-p as float bits.

struct Dims { rows: u32, rows_slot: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read_write> counts: array<u32>;
@group(0) @binding(2) var<storage, read_write> state: array<u32>;
@group(0) @binding(3) var<storage, read> rows: array<vec4u>; // (id, position, sequence, done)
@group(0) @binding(4) var<storage, read_write> next: array<vec4u>;
@group(0) @binding(5) var<storage, read_write> ids: array<u32>;
@group(0) @binding(6) var<storage, read_write> positions: array<u32>;

var<workgroup> kept: array<u32, 64>;

@compute @workgroup_size(64)
fn main(@builtin(local_invocation_index) lane: u32) {
  let count = min(counts[dims.rows_slot], dims.rows);
  let run = (count + 63u) / 64u;
  let first = min(lane * run, count);
  let end = min(first + run, count);
  var mine = 0u;
  for (var r = first; r < end; r++) { mine += 1u - rows[r].w; }
  kept[lane] = mine;
  workgroupBarrier();
  var to = 0u;
  for (var i = 0u; i < lane; i++) { to += kept[i]; }
  for (var r = first; r < end; r++) {
    var info = rows[r];
    if (info.w == 1u) { continue; }
    info.y += 1u;
    next[to] = info;
    ids[to] = info.x;
    positions[to] = info.y;
    to++;
  }
  // Every invocation has read the count before the last one replaces it.
  workgroupBarrier();
  if (lane == 63u) {
    counts[dims.rows_slot] = to;
    state[0] += 1u;
  }
}
