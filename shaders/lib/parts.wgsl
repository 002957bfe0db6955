// How a sum over `count` elements is cut into parts that are summed side by side, each in order, and then added up in order.
// It follows from the count and from how many parts the caller allows alone, so it is the same on every device.

// No part but the last is shorter.
const PART_LEAST = 64u;

// Elements of each part but the last: a multiple of 16, so that no shader's step straddles two.
fn part_length(count: u32, most: u32) -> u32 {
  return max(PART_LEAST, ((count + most - 1u) / most + 15u) / 16u * 16u);
}

// The elements that part p sums, from .x to before .y; none for parts past the end.
fn part_range(p: u32, count: u32, most: u32) -> vec2u {
  return min(vec2u(count), vec2u(p, p + 1u) * part_length(count, most));
}

// A sum over nothing is zero, but of parts the first alone says so.
fn is_empty(p: u32, part: vec2u) -> bool {
  return p > 0u && part.x >= part.y;
}

// Parts that hold something.
fn part_count(count: u32, most: u32) -> u32 {
  let length = part_length(count, most);
  return (count + length - 1u) / length;
}
