// Heads of a qkv row (N, stride): q (heads × D), k (kv_heads × D), v (kv_heads × D).

struct Dims { rows: Rows, heads: u32, kv_heads: u32, stride: u32, scale: f32 }

@group(0) @binding(0) var<uniform> dims: Dims;
@group(0) @binding(3) var<storage, read> qkv: array<f32>; // (rows, stride)

// Four channels of a head, zero past its end. HEAD_DIM is even.
fn load(at: u32, vec: u32) -> vec4f {
  let p = at + vec * 4u;
  if (vec * 4u + 4u <= HEAD_DIM) { return vec4f(qkv[p], qkv[p + 1u], qkv[p + 2u], qkv[p + 3u]); }
  return vec4f(qkv[p], qkv[p + 1u], 0.0, 0.0);
}
