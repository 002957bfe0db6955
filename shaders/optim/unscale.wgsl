// What follows from the norm of gradients that the loss scale multiplied, which stands in the ring (PyTorch's GradScaler). Finite:
// the norm without the scale, and the factor that clips and takes the scale out of every gradient; after `interval` such steps the
// scale is doubled. Not finite: a factor of -1, with which AdamW changes nothing, and half the scale. The ring gets the scale and
// the number of skipped steps too. A single invocation.

#include "lib/step.wgsl"
#include "lib/loss_scale.wgsl"

struct Dims { width: u32, norm_column: u32, scale_column: u32, max_norm: f32, interval: u32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(1) var<storage, read> state: StepState;
@group(0) @binding(2) var<storage, read_write> loss_scale: LossScale;
@group(0) @binding(3) var<storage, read_write> clip: array<f32>; // (?)
@group(0) @binding(4) var<storage, read_write> ring: array<u32>; // (?, width); bits of floats

@compute @workgroup_size(1)
fn main() {
  let row = state.slot * dims.width;
  let scale = loss_scale.scale;
  let bits = ring[row + dims.norm_column];
  // By its bits: a compiler may take it for granted that floats are finite.
  if ((bits & 0x7f800000u) == 0x7f800000u) {
    clip[0] = -1.0;
    loss_scale.scale = scale * 0.5;
    loss_scale.good = 0u;
    loss_scale.skipped += 1u;
  } else {
    let norm = bitcast<f32>(bits) / scale;
    ring[row + dims.norm_column] = bitcast<u32>(norm);
    clip[0] = min(1.0, dims.max_norm / (norm + 1.0e-6)) / scale;
    loss_scale.good += 1u;
    if (loss_scale.good == dims.interval) {
      loss_scale.scale = scale * 2.0;
      loss_scale.good = 0u;
    }
  }
  ring[row + dims.scale_column] = bitcast<u32>(scale);
  ring[row + dims.scale_column + 1u] = bitcast<u32>(f32(loss_scale.skipped));
}
