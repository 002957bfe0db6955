import { describe, expect, it } from 'vitest';
import { Adjacency } from './adjacency';
import { checkGraph } from './integrity';

/** A ring of four nodes. */
function ring(): Adjacency {
  const graph = new Adjacency(4, 2);
  for (let node = 0; node < 4; node++) graph.add(node, (node + 1) % 4);
  return graph;
}

describe('checkGraph', () => {
  it('accepts a sound graph', () => {
    expect(checkGraph(ring(), 2)).toEqual({
      ok: true,
      problems: [],
      unreachable: 0,
      edges: 4,
      degree: { min: 1, mean: 1, max: 1 },
    });
  });

  it.each<[string, (graph: Adjacency) => void, RegExp]>([
    ['a neighbour out of range', (graph) => graph.add(1, 9), /1 links to 9/],
    ['a negative neighbour', (graph) => graph.add(1, -1), /1 links to -1/],
    ['a self-link', (graph) => graph.add(1, 1), /1 links to itself/],
    ['a duplicate', (graph) => graph.add(1, 2), /1 links to 2 twice/],
    ['a degree above the bound', (graph) => graph.counts.fill(3, 1, 2), /1 has 3 neighbours/],
    ['an unreachable node', (graph) => graph.remove(1, 2), /2 cannot be reached/],
  ])('tells of %s', (_, harm, problem) => {
    const graph = ring();
    harm(graph);
    const { ok, problems } = checkGraph(graph, 0);
    expect(ok).toBe(false);
    expect(problems.join('\n')).toMatch(problem);
  });
});
