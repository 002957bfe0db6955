import { create } from 'zustand';
import type { ReasonTask } from '../config/base-session';
import type { Session } from '../config/session';
import type { ReasonProgress } from '../host/browser/api';
import { IDLE, latest, withoutError, type Asked } from './asked';
import { lab } from './lab';
import { startPromptsOf } from './prompt-preview';

/** A session that is being prepared to teach a model to reason. */
export interface Preparing {
  /** The model's hash. */
  hash: string;
  /** The progress; null before the first report. */
  progress: ReasonProgress | null;
}

/** The state of preparing a session that teaches a model to reason. */
export const useReason = create<{ asked: Asked<Preparing> }>()(() => ({ asked: IDLE }));

const questions = latest<Preparing>(
  () => useReason.getState().asked,
  (asked) => useReason.setState({ asked }),
);

/** Prepares a session and passes it to `use`, unless another one was requested meanwhile. */
export const prepareReason = (hash: string, task: ReasonTask, use: (session: Session) => void): Promise<void> =>
  questions.ask(async ({ soFar, isLatest }) => {
    soFar({ hash, progress: null });
    let isDone = false;
    const session = await lab.ask((client) =>
      client.models.reason(hash, task, startPromptsOf(hash), (progress) => {
        // It comes by another port than the answer, and may come after it.
        if (!isDone) soFar({ hash, progress });
      }),
    );
    isDone = true;
    if (isLatest()) use(session);
    return { hash, progress: null };
  });

/** Cancels the preparation; nothing of it is kept. */
export async function cancelReason(): Promise<void> {
  questions.drop();
  useReason.setState({ asked: IDLE });
  await lab.ask((client) => client.models.cancelReason()).catch(() => undefined);
}

/** Closes the message of a failure. */
export const closeReasonError = (): void => useReason.setState({ asked: withoutError(useReason.getState().asked) });
