// The gradient of attention's output (N, heads × D), four channels of a head at a time.

@group(0) @binding(6) var<storage, read> dout: array<f32>; // (rows, heads * HEAD_DIM)

fn load_dout(at: u32, vec: u32) -> vec4f {
  let p = at + vec * 4u;
  if (vec * 4u + 4u <= HEAD_DIM) { return vec4f(dout[p], dout[p + 1u], dout[p + 2u], dout[p + 3u]); }
  return vec4f(dout[p], dout[p + 1u], 0.0, 0.0);
}
