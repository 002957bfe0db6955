// Four channels of one head, zero past its end, each loaded by one lane of the quad.
fn spread(at: u32, vec: u32, lane: u32) -> vec4f {
  let c = vec * 4u + lane;
  return of_quad(select(0.0, qkv[at + c], c < HEAD_DIM));
}
