import { describe, expect, it } from 'vitest';
import { Random } from '../lib/philox';
import { parseShape } from '../config/parse-session';
import type { Session } from '../config/session';
import { definitionOf, followingTask, longestSequence, TASKS, taskSize, type TaskName } from '../config/tasks';
import { nest } from '../config/session-paths';
import { atlasData } from '../tasks/atlas/atlas.test-data';
import { createTask } from '../tasks/registry';
import type { Task } from '../tasks/task';
import { countries, worldTask } from '../tasks/world/world.test-data';
import { supervisedSequence } from './stages/sft-batch';
import { TaskTokens } from './task-tokens';

const sessionOf = (name: TaskName) => parseShape(nest([['task.name', name], ...followingTask(name)]));
/** The world as for a base that knows all of it. */
const taskOf = (settings: Session['task']): Task =>
  settings.name === 'world' ? worldTask(countries).task : createTask(settings, 1, atlasData);

describe('what the session knows of a task', () => {
  // Of one's own documents only the bounds are known: text.test.ts holds the task to them.
  const known = TASKS.filter((name) => name !== 'text');

  it.each(known)('%s is as the session says', (name) => {
    const session = sessionOf(name);
    const task = taskOf(session.task);
    const tokens = new TaskTokens(task);
    const { testedDepth = 0, ...size } = taskSize(session.task);
    const { maxDepth, documents } = task;
    // Every held-out query, and training queries of every depth.
    const u = new Random(1, 'task').uniform;
    const queries = [...task.heldOut('dev', 1e6), ...task.heldOut('test', 1e6)];
    for (let i = 0; i < 2000; i++) queries.push(task.sampleQuery(1 + (i % maxDepth), false, u));
    const lengths = queries.map((query) => {
      const { ids, from } = supervisedSequence(tokens, query, 'reasoning');
      return { query: from, answer: ids.length - from, depth: query.depth };
    });
    const most = (key: 'query' | 'answer' | 'depth') => lengths.reduce((found, of) => Math.max(found, of[key]), 0);
    const document = tokens.passages.reduce((found, { length }) => Math.max(found, length), 1);
    const found = { maxDepth, documents: documents.length, query: most('query'), answer: most('answer'), document };
    expect(found).toEqual(size);
    expect(most('depth')).toBe(Math.max(maxDepth, testedDepth));
    expect(longestSequence(session)).toBeLessThanOrEqual(session.model.max_position_embeddings);
  });

  it.each(known)('%s answers its example so', (name) => {
    const task = taskOf(sessionOf(name).task);
    const { query, steps, document } = definitionOf(name).example;
    const parsed = task.parse(query);
    expect(parsed?.text).toBe(query);
    expect({ trace: parsed?.trace, document: task.documents[parsed?.relevant[0]?.document ?? -1]?.text }).toEqual({
      trace: steps.join(name === 'atlas-facts' ? ' ; ' : ' '),
      document,
    });
  });
});
