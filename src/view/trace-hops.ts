import type { SearchAnswer } from '../host/browser/api';

type Hop = SearchAnswer['hops'][number];

/** The tokens of a trace, given out to its hops in order; what no hop claims (the embed token, say) is the rest. */
export function traceHops(
  trace: readonly string[],
  hops: readonly Hop[],
): { groups: { tokens: string[]; hop: Hop }[]; rest: string[] } {
  // prettier-ignore
  let at = 0;
  const groups = hops.map((hop) => {
    const count = hop.text.split(/\s+/).filter(Boolean).length;
    const tokens = trace.slice(at, at + count);
    at += count;
    return { tokens, hop };
  });
  return { groups, rest: trace.slice(at) };
}
