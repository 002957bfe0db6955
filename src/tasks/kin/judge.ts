/** Marks what a model wrote for a Kin query, hop by hop. */
import type { KinWorld } from './world';
import type { HopVerdict, TraceVerdict } from '../task';

/**
 * @param start the word of the query's entity.
 * @param trace the gold trace.
 * @param completion what follows the mode word; the embed token, and what comes after it, is no part of the trace.
 */
export function judgeTrace(
  world: KinWorld,
  start: string,
  trace: string,
  completion: string,
  specials: { embed: string; pad: string },
): TraceVerdict {
  const written = words((completion.split(specials.embed)[0] ?? '').replaceAll(specials.pad, ' '));
  const gold = words(trace);
  const hops: HopVerdict[] = [];
  let from = start;
  for (let i = 0; i < Math.max(written.length, gold.length); i += 2) {
    const step = written.slice(i, i + 2);
    const text = step.join(' ');
    const expected = gold.slice(i, i + 2).join(' ');
    const [relation = '', to = ''] = step;
    hops.push({ text, expected, right: text === expected, fact: isFact(world, from, relation, to) });
    from = to;
  }
  return { exact: hops.every((hop) => hop.right), hops };
}

const words = (text: string): string[] => text.split(/\s+/).filter((word) => word !== '');

function isFact(world: KinWorld, from: string, relation: string, to: string): boolean {
  const { entities, relations } = world.words;
  const image = world.relations[relations.indexOf(relation)]?.[entities.indexOf(from)];
  return image !== undefined && entities[image] === to;
}
