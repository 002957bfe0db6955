/** Levenshtein distance: insertions, deletions and substitutions cost 1. */
export function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substituted = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substituted, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}

/** The name closest to `text` by edit distance, the first of equals; `undefined` for an empty list. */
export function nearest(text: string, names: Iterable<string>): string | undefined {
  // A long text is no near miss of anything; the cut keeps the cost bounded.
  const probe = text.slice(0, 64);
  let best: string | undefined;
  let least = Infinity;
  for (const name of names) {
    const distance = editDistance(probe, name);
    if (distance < least) [best, least] = [name, distance];
  }
  return best;
}

/** A value as a message shows it: short, on one line, printable. */
export function shown(value: unknown): string {
  if (Array.isArray(value) && value.length > 8) return `a list of ${value.length}`;
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return 'an object';
  if (typeof value === 'number') return String(value);
  if (value === undefined) return 'missing';
  const text = JSON.stringify(typeof value === 'string' ? value.slice(0, 80) : value) ?? typeof value;
  const plain = text.replace(/[^\x20-\x7e]/gu, (c) => `\\u{${c.codePointAt(0)!.toString(16)}}`);
  return plain.length > 60 ? `${plain.slice(0, 57)}…` : plain;
}
