import type { AddProgress, ModelListener, TakenDtype, TakenForm } from '../host/browser/api';
import { askedSlice, errorOfAsked, lastOf, type Asked } from './asked';
import { lab } from './lab';
import { save } from './save';

/** The model that is being exported: a run's, or a kept one. */
export interface Taking {
  of: string;
  /** Name of the file. */
  name: string;
  progress: AddProgress | null;
}

/** The export of a model as a zip, which the browser downloads; its `last` is the progress. */
const questions = askedSlice<Taking>();
export const useTakeHome = questions.use;

type Client = Parameters<Parameters<typeof lab.ask>[0]>[0];

/** Downloads the model that a run trained. @param name of the file. */
export const takeRun = (run: string, form: TakenForm, name: string): Promise<void> =>
  take(run, name, (client, listener) => client.takeHome.run(run, form, listener));

/** Downloads a kept model in Hugging Face layout. */
export const takeModel = (hash: string, dtype: TakenDtype, name: string): Promise<void> =>
  take(hash, name, (client, listener) => client.takeHome.model(hash, dtype, listener));

const take = (of: string, name: string, call: (client: Client, listener: ModelListener) => Promise<Blob>) =>
  questions.ask(async ({ soFar, isLatest }) => {
    const taking: Taking = { of, name, progress: null };
    soFar(taking);
    const zip = await lab.ask((client) =>
      call(client, (progress) => {
        soFar({ ...taking, progress });
      }),
    );
    if (isLatest()) save(name, zip);
    return taking;
  });

/** Cancels the export; nothing of it is kept. */
export async function cancelTaking(): Promise<void> {
  questions.forget();
  await lab.ask((client) => client.takeHome.cancel()).catch(() => undefined);
}

export const closeTakingError = questions.closeError;

/** The state of the export, where it is of this run or model. */
export function takingOf(asked: Asked<Taking>, of: string) {
  const taking = lastOf(asked);
  if (taking?.of !== of) return { taking: null, taken: null, error: null };
  return {
    taking: asked.state === 'asking' ? taking : null,
    taken: asked.state === 'answered' ? taking : null,
    error: errorOfAsked(asked)?.message ?? null,
  };
}
