import { describe, expect, it } from 'vitest';
import { parseShape } from '../config/parse-session';
import { TASKS, type Session } from '../config/session';
import { TASK_EXAMPLES } from '../config/task-examples';
import { followingTask, longestSequence, taskShape, type TaskName } from '../config/tasks';
import { nest } from '../config/session-paths';
import { atlasData } from '../tasks/atlas/atlas.test-data';
import { createTask } from '../tasks/registry';
import type { Task } from '../tasks/task';
import { countries, worldTask } from '../tasks/world/world.test-data';
import { longestSequences } from './longest-sequences';
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
    const { query, answer, document } = longestSequences(task, new TaskTokens(task));
    const { maxDepth, documents } = task;
    expect({ maxDepth, documents: documents.length, query, answer, document }).toEqual(taskShape(session.task));
    expect(longestSequence(session)).toBeLessThanOrEqual(session.model.max_position_embeddings);
  });

  it.each(known)('%s answers its example so', (name) => {
    const task = taskOf(sessionOf(name).task);
    const { query, steps, document } = TASK_EXAMPLES[name];
    const parsed = task.parse(query);
    expect(parsed?.text).toBe(query);
    expect({ trace: parsed?.trace, document: task.documents[parsed?.relevant[0]?.document ?? -1]?.text }).toEqual({
      trace: steps.join(name === 'atlas-facts' ? ' ; ' : ' '),
      document,
    });
  });
});
