// silu(gate) * up.
fn swiglu(gate: f32, up: f32) -> f32 {
  return gate / (1.0 + exp(min(-gate, 80.0))) * up;
}

// The gradient of gate * sigmoid(gate) * up, of which the gradient is d: that of gate, and that of up.
fn swiglu_gradient(d: f32, gate: f32, up: f32) -> vec2f {
  let s = 1.0 / (1.0 + exp(min(-gate, 80.0)));
  return vec2f(d * up * s * (1.0 + gate * (1.0 - s)), d * gate * s);
}
