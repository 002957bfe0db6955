// Which rows of a recorded program hold data in this step: at most `limit`, of which counts[slot] - start are live.

struct Rows { limit: u32, slot: u32, @size(8) start: u32 }

@group(0) @binding(1) var<storage, read> counts: array<u32>; // (?)

fn live(rows: Rows) -> u32 {
  let n = counts[rows.slot];
  return min(rows.limit, select(0u, n - rows.start, n > rows.start));
}
