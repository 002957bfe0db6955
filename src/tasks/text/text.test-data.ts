import { parseSession } from '../../config/parse-session';
import type { Session } from '../../config/session';
import { sha256 } from '../../lib/hash';
import { Random } from '../../lib/philox';

const WORDS = 'wing lift drag flow heat shock layer plate speed mach body cone tube nozzle flutter panel'.split(' ');

/** A made-up corpus: every document about two of the words, most with a title. */
export function textCorpus(count: number) {
  const random = new Random(1, 'task');
  const pick = (from: readonly string[]): string => from[random.integer(from.length)]!;
  const documents = Array.from({ length: count }, (_, i) => {
    const about = [pick(WORDS), pick(WORDS), `thing${i % 20}`];
    const text = Array.from({ length: 40 }, () => (random.uniform() < 0.5 ? pick(about) : pick(WORDS))).join(' ');
    return { id: `d${i}`, title: i % 10 === 9 ? '' : `On ${about.join(' and ')} number ${i}`, text };
  });
  const lines = documents.map(({ id, title, text }) => `${JSON.stringify({ _id: id, title, text })}\n`);
  return { documents, bytes: new TextEncoder().encode(lines.join('')) };
}

/** A session that trains on a corpus. */
export const textSession = (bytes: Uint8Array): Session =>
  parseSession({
    task: { name: 'text', corpus: sha256(bytes), vocabulary: 320 },
    model: {
      hidden_size: 16,
      intermediate_size: 32,
      num_hidden_layers: 1,
      num_attention_heads: 2,
      num_key_value_heads: 2,
      max_position_embeddings: 128,
    },
    pretrain: { steps: 2, batch_size: 4 },
    sft: { mode: 'both', steps: 3, batch_size: 8, hard_negatives: 0, replay_batch_size: 2 },
    grpo: { depth_weights: [1] },
    evaluation: { every: 0, queries_per_depth: 4, final_queries_per_depth: 8, bootstrap: 20 },
  });
