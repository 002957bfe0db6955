import { describe, expect, it } from 'vitest';
import { parseSession } from '../config/parse-session';
import { secondsSession } from '../config/seconds.test-data';
import type { ArmResult } from '../records/records';
import { createTask } from '../tasks/registry';
import { modelCard, type CardFacts } from './model-card';

const session = parseSession(secondsSession());
const result = (queries: number): ArmResult => ({
  ndcg_cut_10: 0.91234,
  recall_100: 1,
  recip_rank_cut_10: 0.9,
  map: 0.9,
  success_1: 0.88,
  ci95: { ndcg_cut_10: [0.88, 0.94] },
  by_depth: {},
  queries,
});
const card: CardFacts = {
  name: 'Two\nlines',
  session,
  task: createTask(session.task, session.seed),
  step: 8,
  totalSteps: 8,
  evaluation: { test: { reasoning: result(64) }, dev: { reasoning: result(3) } },
  fingerprint: 'ab'.repeat(32),
  adapter: 'an adapter',
};

describe('a model card', () => {
  it('tells scores with their intervals and queries, how to load it, and the session', () => {
    const text = modelCard(card);
    expect(text).toContain('# Two lines\n');
    expect(text).toContain('after all 8 steps');
    expect(text).toContain('| reasons, then embeds | 0.912 [0.880, 0.940] | 0.900 | 1.000 | 0.880 | 64 |');
    expect(text).not.toContain('queries are few');
    expect(text).toContain('tokenizer(text + " <|embed_token|>"');
    expect(text).toContain('ab'.repeat(32));
    expect(JSON.parse(/```json\n([^`]*)```/.exec(text)![1]!)).toEqual(session);
  });

  it('says where there are few queries, or no evaluation yet', () => {
    expect(modelCard({ ...card, evaluation: { test: { reasoning: result(4) } } })).toMatch(
      /0\.912 \| 0\.900 .* 4 \|\n\n4 queries are few/,
    );
    const stopped = modelCard({ ...card, step: 5, evaluation: null, fingerprint: null });
    expect(stopped).toContain('after step 5 of 8');
    expect(stopped).toContain('there is no final evaluation');
    expect(stopped).not.toContain('Fingerprint');
  });
});
