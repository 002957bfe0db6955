import { reasonSession, type ReasonTask, type StartPrompts } from '../config/base-session';
import type { Session } from '../config/session';
import type { OpenedModel } from '../formats/opened-model';
import { InputError } from '../lib/errors';
import { Random } from '../lib/philox';
import { quote } from '../formats/json';
import type { Task } from '../tasks/task';
import { NO_DATA, type TaskData } from '../tasks/task-data';
import { baseOf, taskOf } from './base';
import { BaseReader } from './text-reader';

export interface ReasonBase extends Pick<Session['model']['base'], 'sha256' | 'name' | 'from'> {
  opened: OpenedModel;
}

/** Number of traces of each depth that are written and read back. */
const SAMPLE = 32;

/**
 * Makes a session that teaches a base to reason, with a context for what the task's sequences take in the base's own
 * tokens.
 * @param corpus for the task `world` the hash of what the base knows of it; empty for any other.
 * @param dataOf reads the task's files.
 * @param start the prompts that the base reads beside a text; null for the task's defaults.
 * @throws InputError where the base cannot embed, cannot write, does not read the task's words, or has too short a
 * context.
 */
export async function startReason(
  { opened, ...base }: ReasonBase,
  task: ReasonTask,
  corpus: string,
  dataOf: (task: Session['task']) => Promise<TaskData> = () => Promise.resolve(NO_DATA),
  start: StartPrompts | null = null,
): Promise<Session> {
  const context = opened.arch.max_position_embeddings;
  const open = reasonSession(base, task, corpus, { longest: null, context, start });
  const started = await baseOf(open, opened, base.sha256, base.name);
  const built = taskOf(open, { files: await dataOf(open.task), base: started });
  const reader = new BaseReader(built, started, open.model.max_position_embeddings);
  checkReads(built, reader, base.name);
  const session = reasonSession(base, task, corpus, { longest: reader.longest, context, start });
  const { query, document } = reader.longest;
  const needed = Math.max(query + session.grpo.max_completion_length, document);
  if (needed > session.model.max_position_embeddings) {
    throw new InputError(
      `${base.name}: its context is ${context} tokens, expected at least ${needed}, the longest sequence of the task ${task} in its own tokens`,
    );
  }
  return session;
}

/**
 * Checks that the base's tokenizer gives traces back as they were written.
 * @throws InputError where one differs: no trace that the base writes could then be judged right.
 */
function checkReads(task: Task, reader: BaseReader, where: string): void {
  const { uniform } = new Random(0, 'task', 0xfffe);
  for (let depth = 1; depth <= task.maxDepth; depth++) {
    for (let i = 0; i < SAMPLE; i++) {
      const { trace } = task.sampleQuery(depth, true, uniform);
      const back = reader.decode(reader.encode(` ${trace}`));
      if (back === trace) continue;
      throw new InputError(
        `${where}: its tokenizer reads ${quote(trace)} as ${quote(back)}, expected one that knows the words of the task ${task.name}`,
      );
    }
  }
}
