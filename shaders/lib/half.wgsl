// What the two factors of a product are rounded to before they are multiplied: nothing, or halves. The product of two halves has
// at most 22 bits, so that it is exact as a float; it is added up in f32.

const HALF = 0u; // specialised: 1: halves

// A factor as it is multiplied: from 65,520 on infinite, below the least normal half a multiple of 2^-24, which the quantising
// alone may flush to zero. Where no memory of halves lies between, compilers take f32(f16(x)) for x.
fn operand(x: f32) -> f32 {
  if (HALF == 0u) { return x; }
  return select(quantizeToF16(x), round(x * 0x1p24) * 0x1p-24, abs(x) < 0x1p-14);
}
