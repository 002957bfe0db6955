interface Numbers {
  set(part: ArrayLike<number>, at: number): void;
}

/** Arrays of numbers one behind another, in one array of `Whole`. */
export function joined<T extends Numbers>(parts: readonly ArrayLike<number>[], Whole: new (length: number) => T): T {
  const whole = new Whole(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
