// The gradient of y = x * rstd * weight, where rstd depends on every x of its row.

struct Dims { norm: NormRows, accumulate: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(2) var<storage, read> x: array<f32>; // ((norm.rows - 1) * norm.stride + norm.base + norm.group * norm.channels)
@group(0) @binding(3) var<storage, read> weight: array<f32>; // (norm.channels)
@group(0) @binding(4) var<storage, read> rstd: array<f32>; // (norm.rows, norm.group)
@group(0) @binding(5) var<storage, read> dy: array<f32>; // ((norm.rows - 1) * norm.stride + norm.base + norm.group * norm.channels)
@group(0) @binding(6) var<storage, read_write> dx: array<f32>; // ((norm.rows - 1) * norm.stride + norm.base + norm.group * norm.channels)

// dx (+)= rstd * (g - x * rstd² * mean(g * x)) with g = dy * weight, of one row (C).
fn row_gradient(row: u32) {
  let at = norm_start(dims.norm, row);
  let r = rstd[row];
  var dot = 0.0;
  for (var c = 0u; c < dims.norm.channels; c++) { dot = fma(dy[at + c] * weight[c], x[at + c], dot); }
  let pull = dot / f32(dims.norm.channels) * r * r;
  for (var c = 0u; c < dims.norm.channels; c++) {
    let d = r * (dy[at + c] * weight[c] - x[at + c] * pull);
    if (dims.accumulate == 1u) { dx[at + c] += d; } else { dx[at + c] = d; }
  }
}
