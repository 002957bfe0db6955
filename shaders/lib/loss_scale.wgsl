// What the loss is multiplied by so that its gradients do not vanish below the smallest half, and how its steps went.

struct LossScale {
  scale: f32, // a power of two
  good: u32, // steps without an overflow since it changed last
  skipped: u32, // steps that changed no weight, in all
}
