// Weights as they are stored, read as the floats that they stand for: a float a word; two halves a word, the earlier one in
// the lower bits; or GGUF's blocks of 32, which have a scale of their own and follow each other without a gap, so that a block
// may begin in the middle of a word. Exact, so a product gives the bits that f32 weights of the same values give; needs no
// shader-f16.

const WEIGHTS = 0u; // specialised: 0 f32, 1 f16, 2 bf16, 3 q8_0, 4 q4_0, 5 q4_1
const BLOCK_BYTES = 128u; // specialised: bytes of 32 weights

const Q8_0 = 3u;
const Q4_1 = 5u;

// The word that holds element i, of a packed dtype its quant.
fn word_of(i: u32) -> u32 {
  if (WEIGHTS == 0u) { return i; }
  if (WEIGHTS < Q8_0) { return i >> 1u; }
  return quant_of(i) >> 2u;
}

// Of a packed dtype, the word that holds the scale of element i; q4_1's holds its least value too.
fn scale_word_of(i: u32) -> u32 {
  return ((i >> 5u) * BLOCK_BYTES) >> 2u;
}

// Of a packed dtype, the byte that holds the quant of element i. Four bits: the low halves are elements 0 to 15, the high ones
// 16 to 31.
fn quant_of(i: u32) -> u32 {
  let start = (i >> 5u) * BLOCK_BYTES;
  if (WEIGHTS == Q8_0) { return start + 2u + (i & 31u); }
  if (WEIGHTS == Q4_1) { return start + 4u + (i & 15u); }
  return start + 2u + (i & 15u);
}

fn half_of(bits: u32) -> f32 {
  // Adapters may flush what is below the smallest normal half; as an integer it stays.
  let tiny = f32(bits & 0x3ffu) * 0x1p-24;
  return select(unpack2x16float(bits).x, select(tiny, -tiny, bits > 0x7fffu), (bits & 0x7c00u) == 0u);
}

// Element i of floats or halves, from its word.
fn widen(word: u32, i: u32) -> f32 {
  if (WEIGHTS == 0u) { return bitcast<f32>(word); }
  let bits = (word >> ((i & 1u) * 16u)) & 0xffffu;
  if (WEIGHTS == 2u) { return bitcast<f32>(bits << 16u); }
  return half_of(bits);
}

// Element i of a packed dtype, from the words of its scale and its quant. Products of a half and a quant are exact.
fn unpack(scale: u32, word: u32, i: u32) -> f32 {
  let shift = (quant_of(i) & 3u) * 8u;
  if (WEIGHTS == Q4_1) {
    let q = (word >> (shift + ((i & 16u) >> 2u))) & 15u;
    return half_of(scale & 0xffffu) * f32(q) + half_of(scale >> 16u);
  }
  // Blocks have an even number of bytes: a scale lies in one half of its word.
  let d = half_of((scale >> ((((i >> 5u) * BLOCK_BYTES) & 2u) * 8u)) & 0xffffu);
  if (WEIGHTS == Q8_0) { return d * f32(bitcast<i32>(word << (24u - shift)) >> 24u); }
  let q = (word >> (shift + ((i & 16u) >> 2u))) & 15u;
  return d * (f32(q) - 8.0);
}
