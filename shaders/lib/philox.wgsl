// Philox4x32-10 (Salmon et al. 2011), the same integers as src/lib/philox.ts.

// High and low words of a product of two 32-bit integers.
fn multiply(a: u32, b: u32) -> vec2u {
  let low = (a & 0xffffu) * (b & 0xffffu);
  let mid = (a >> 16u) * (b & 0xffffu) + (low >> 16u);
  let mid2 = (a & 0xffffu) * (b >> 16u) + (mid & 0xffffu);
  return vec2u((a >> 16u) * (b >> 16u) + (mid >> 16u) + (mid2 >> 16u), a * b);
}

// The first of the four words.
fn philox(counter: vec4u, key: vec2u) -> u32 {
  var c = counter;
  var k = key;
  for (var round = 0u; round < 10u; round++) {
    let x = multiply(0xd2511f53u, c.x);
    let z = multiply(0xcd9e8d57u, c.z);
    c = vec4u(z.x ^ c.y ^ k.x, z.y, x.x ^ c.w ^ k.y, x.y);
    k += vec2u(0x9e3779b9u, 0xbb67ae85u);
  }
  return c.x;
}
