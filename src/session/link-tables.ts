import * as v from 'valibot';
import { diffSession } from '../config/edit-session';
import type { LeafValue } from '../settings/leaves';
import { PRESETS, presetSession } from '../config/presets';
import { defaultSession, writtenSchema } from '../config/session';
import { sessionLeaves } from '../config/session-paths';

/**
 * The tables that a link's few bytes refer to. A released version's tables never change, whatever becomes of the
 * session.
 */
export interface LinkTables {
  /** Settings by place, with their defaults and choices. */
  leaves: readonly { path: string; initial: LeafValue; options?: readonly string[] | undefined }[];
  /** Presets by place, as what differs from the defaults. */
  presets: readonly { name: string; settings: readonly { path: string; value: LeafValue }[] }[];
  /** The preset dictionary with which a link is deflated. */
  dictionary: string;
}

/** The tables of the session as it now stands: what a new version freezes. */
export function currentTables(): LinkTables {
  return {
    leaves: sessionLeaves.map(({ path, leaf }) => ({
      path,
      initial: leaf.initial,
      ...(leaf.kind === 'option' || leaf.kind === 'options' ? { options: leaf.options } : {}),
    })),
    presets: PRESETS.map(({ name }) => ({
      name,
      settings: diffSession(defaultSession, presetSession(name) ?? defaultSession).map(({ path, to }) => ({
        path,
        value: to,
      })),
    })),
    dictionary: dictionary(),
  };
}

/** Strings that links hold, the likeliest last, where deflate reaches them in the fewest bits. */
function dictionary(): string {
  const metrics = ['map', 'recall_100', 'recip_rank_cut_10', 'success_1', 'ndcg_cut_10'];
  const arms = ['bm25', 'gold', 'shuffled', 'filler', 'forced', 'direct', 'reasoning'];
  const names = ['dev', 'test'].flatMap((split) =>
    arms.flatMap((arm) => metrics.map((metric) => `"${split}/${arm}/${metric}":0.`)),
  );
  return [
    JSON.stringify(v.parse(writtenSchema, {})),
    'Represent this document for retrieval: ',
    'Think about what the query asks for, then embed it: ',
    names.join(','),
    '"adapter":"software swiftshader lavapipe llvmpipe nvidia intel apple amd","marks":"',
    '{"selection":{"run":"","step":0,"query":"","completion":0,"document":0},',
    '{"claim":{"fingerprint":"0123456789abcdef","metrics":{"test/reasoning/ndcg_cut_10":0.',
  ].join('');
}
