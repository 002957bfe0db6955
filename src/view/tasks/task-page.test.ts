import { describe, expect, it } from 'vitest';
import { TASKS } from '../../config/tasks';
import { taskPage } from './task-page';

describe('the page of a task', () => {
  it.each(TASKS)('%s has words and readable figures', async (name) => {
    const { about, systems, results } = await taskPage(name);
    expect(about.length).toBeGreaterThan(0);
    for (const { systems: rows } of systems) {
      for (const { value, low, high } of rows) expect(low <= value && value <= high).toBe(true);
    }
    for (const { headline, low, high } of results?.means ?? []) expect(low <= headline && headline <= high).toBe(true);
  });
});
