// Weights as they are stored, widened when they are read: a float a word, or two halves a word, the earlier one in the lower
// bits. Exact, so a product gives the bits that f32 weights of the same values give; needs no shader-f16.

const WEIGHTS = 0u; // specialised: 0 f32, 1 f16, 2 bf16

// The word that holds element i.
fn word_of(i: u32) -> u32 {
  if (WEIGHTS == 0u) { return i; }
  return i >> 1u;
}

// Element i, from its word.
fn widen(word: u32, i: u32) -> f32 {
  if (WEIGHTS == 0u) { return bitcast<f32>(word); }
  let bits = (word >> ((i & 1u) * 16u)) & 0xffffu;
  if (WEIGHTS == 2u) { return bitcast<f32>(bits << 16u); }
  // Adapters may flush what is below the smallest normal half; as an integer it stays.
  let tiny = f32(bits & 0x3ffu) * 0x1p-24;
  return select(unpack2x16float(bits).x, select(tiny, -tiny, bits > 0x7fffu), (bits & 0x7c00u) == 0u);
}
