import type { Session } from '../config/session';
import { createKin } from './kin';
import type { Task } from './task';

/**
 * The task that a session names.
 * @throws InputError for settings that the task cannot be built from.
 */
export function createTask(settings: Session['task'], seed: number): Task {
  switch (settings.name) {
    case 'kin':
      return createKin(settings, seed);
  }
}
