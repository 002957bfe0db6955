import type { Session } from '../../config/session';
import { unreadDocuments } from '../../tasks/registry';
import type { TaskData } from '../../tasks/task-data';
import type { CorpusProgress } from '../../tasks/unread';

/** Milliseconds of work between two pauses in which messages are received, a cancellation among them. */
const BREATH_MS = 50;

type Tell = (progress: CorpusProgress) => void;

interface Learning {
  key: string;
  tells: Set<Tell>;
  /** Number of callers that wait for it; with none left the learning ends. */
  waiting: number;
  done: Promise<void>;
}

/** Learns the vocabularies of users' own texts, which their tasks are built from, without blocking the worker. */
export class Vocabularies {
  private learning: Learning | null = null;

  /**
   * Resolves once the task can be built. Several callers may wait for one vocabulary.
   * @param signal aborts the wait, and the learning where no other caller waits for it.
   * @param tell receives the progress, at most every 50 ms.
   * @throws InputError for documents that cannot be read; an AbortError where it was aborted.
   */
  async ready(settings: Session['task'], data: TaskData, signal: AbortSignal, tell?: Tell): Promise<void> {
    signal.throwIfAborted();
    const unread = unreadDocuments(settings, data);
    if (!unread) return;
    const learning = this.learning?.key === unread.key ? this.learning : this.begin(unread.key, unread.read());
    learning.waiting++;
    if (tell) learning.tells.add(tell);
    const ended = new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
    try {
      await Promise.race([learning.done, ended]);
      signal.throwIfAborted();
    } finally {
      learning.waiting--;
      if (tell) learning.tells.delete(tell);
      if (learning.waiting === 0 && this.learning === learning) this.learning = null;
    }
  }

  private begin(key: string, steps: Generator<CorpusProgress, void>): Learning {
    const learning: Learning = { key, tells: new Set(), waiting: 0, done: Promise.resolve() };
    learning.done = this.drive(learning, steps);
    // Those who wait receive the error; it may come after all of them have left.
    learning.done.catch(() => undefined);
    this.learning = learning;
    return learning;
  }

  private async drive(learning: Learning, steps: Generator<CorpusProgress, void>): Promise<void> {
    do {
      await new Promise((resolve) => setTimeout(resolve));
      const until = performance.now() + BREATH_MS;
      for (;;) {
        const { done, value } = steps.next();
        if (done === true) return;
        if (performance.now() < until) continue;
        for (const tell of learning.tells) tell(value);
        break;
      }
    } while (learning.waiting > 0);
  }
}
