import type { ReasonTask } from '../config/base-session';
import type { Session } from '../config/session';
import type { ReasonProgress } from '../host/browser/api';
import { askedSlice } from './asked';
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
const questions = askedSlice<Preparing>();
export const useReason = questions.use;

/** Prepares a session and passes it to `use`, unless another one was requested meanwhile. */
export const prepareReason = (hash: string, task: ReasonTask, use: (session: Session) => void): Promise<void> =>
  questions.ask(async ({ soFar, isLatest }) => {
    soFar({ hash, progress: null });
    const session = await lab.ask((client) =>
      client.models.reason(hash, task, startPromptsOf(hash), (progress) => {
        soFar({ hash, progress });
      }),
    );
    if (isLatest()) use(session);
    return { hash, progress: null };
  });

/** Cancels the preparation; nothing of it is kept. */
export async function cancelReason(): Promise<void> {
  questions.forget();
  await lab.ask((client) => client.models.cancelReason()).catch(() => undefined);
}

export const closeReasonError = questions.closeError;
