// Rows of a norm, in groups, so that one kernel serves a whole row (group 1) and the heads of q or k inside a wider row.

struct NormRows { rows: Rows, channels: u32, group: u32, stride: u32, base: u32 }

fn live_norms(norm: NormRows) -> u32 {
  return live(norm.rows) * norm.group;
}

// Where row r of C channels begins.
fn norm_start(norm: NormRows, r: u32) -> u32 {
  return (r / norm.group) * norm.stride + norm.base + (r % norm.group) * norm.channels;
}
