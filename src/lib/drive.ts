/** Runs a generator to its end, whatever it yields on the way. @returns what it returns. */
export function drive<T>(steps: Generator<unknown, T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}
