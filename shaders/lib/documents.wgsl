// What the shaders of top-k share: scores, what they are scores of, and where the best go.

// Documents of a block; 0: a column is a document.
const BLOCK = 0u; // specialised

struct Dims { rows: Rows, columns: u32, pitch: u32, k: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> scores: array<f32>; // ((rows - 1) * pitch + columns)
@group(0) @binding(3) var<storage, read> blocks: array<u32>; // (?)
@group(0) @binding(4) var<storage, read_write> ids: array<u32>; // (rows, k)
@group(0) @binding(5) var<storage, read_write> values: array<f32>; // (rows, k)

fn document_of(row: u32, column: u32) -> u32 {
  if (BLOCK == 0u) { return column; }
  let length = max(1u, BLOCK);
  return blocks[row * (dims.columns / length) + column / length] * length + column % length;
}
