// dtable (V, C) += sum of dout (N, C) over the rows that looked a token up. One invocation owns one element of one distinct
// token's row, so no atomics: `order` lists the rows of distinct token u at offsets[u] … offsets[u + 1].
// From out[n] = table[ids[n]].

struct Dims { rows: u32, rows_slot: u32, rows_start: u32, channels: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> counts: array<u32>;
@group(0) @binding(2) var<storage, read> distinct: array<u32>;
@group(0) @binding(3) var<storage, read> offsets: array<u32>;
@group(0) @binding(4) var<storage, read> order: array<u32>;
@group(0) @binding(5) var<storage, read> dout: array<f32>;
@group(0) @binding(6) var<storage, read_write> dtable: array<f32>;

// How many of `limit` rows from `start` on hold data in this step.
fn live(limit: u32, slot: u32, start: u32) -> u32 {
  let n = counts[slot];
  return min(limit, select(0u, n - start, n > start));
}

fn flat_index(id: vec3u, groups: vec3u, size: u32) -> u32 {
  return id.x + id.y * groups.x * size;
}

@compute @workgroup_size(64)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let i = flat_index(id, groups, 64u);
  let u = i / dims.channels;
  if (u >= live(dims.rows, dims.rows_slot, dims.rows_start)) { return; }
  let channel = i % dims.channels;
  var sum = 0.0;
  for (var at = offsets[u]; at < offsets[u + 1u]; at++) {
    sum += dout[order[at] * dims.channels + channel];
  }
  dtable[distinct[u] * dims.channels + channel] += sum;
}
