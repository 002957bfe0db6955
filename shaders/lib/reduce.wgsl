// Sum and maximum over a workgroup of 64 invocations, as a fixed tree; every invocation gets the result.

var<workgroup> shared_value: array<f32, 64>;

fn sum_all(lane: u32, value: f32) -> f32 {
  shared_value[lane] = value;
  workgroupBarrier();
  for (var step = 32u; step > 0u; step >>= 1u) {
    if (lane < step) { shared_value[lane] += shared_value[lane + step]; }
    workgroupBarrier();
  }
  let result = shared_value[0];
  workgroupBarrier();
  return result;
}

fn max_all(lane: u32, value: f32) -> f32 {
  shared_value[lane] = value;
  workgroupBarrier();
  for (var step = 32u; step > 0u; step >>= 1u) {
    if (lane < step) { shared_value[lane] = max(shared_value[lane], shared_value[lane + step]); }
    workgroupBarrier();
  }
  let result = shared_value[0];
  workgroupBarrier();
  return result;
}
