// What changes from one training step to the next.

struct StepState {
  slot: u32, // of the ring
  rate: f32,
  correction1: f32, // 1 - beta1^t
  correction2: f32, // 1 - beta2^t
}
