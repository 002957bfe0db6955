import { fieldAt } from '../config/fields';
import type { ErrorCode, ErrorData } from '../lib/errors';
import { fieldName } from './session-words';

/** What the user can do after a failure: advice, and the action of its one button. */
export type Remedy = { advice: string; button: string } & (
  | { does: 'run' | 'run-without-gate' | 'choose-documents' | 'open-models' | 'smaller-batch' | 'reload' | 'rewind' }
  | { does: 'go-to-setting'; path: string }
);

const REMEDIES: Readonly<Partial<Record<ErrorCode, Remedy>>> = {
  input: {
    advice: 'mend the setting that it names, or load a preset. The same session would end in the same way.',
    button: 'Run again',
    does: 'run',
  },
  gate: {
    advice:
      'give stage 1 more steps, or start stage 2 all the same: the run starts again with its gate off, and comes to the same stage 1.',
    button: 'Run stage 2 all the same',
    does: 'run-without-gate',
  },
  'no-documents': {
    advice: 'choose the documents that the session was made for; they stay on this device.',
    button: 'Choose the documents',
    does: 'choose-documents',
  },
  'no-model': {
    advice: 'add the model that the session names; it stays on this device, and its SHA-256 decides.',
    button: 'Open Models',
    does: 'open-models',
  },
  'no-webgpu': {
    advice:
      'reload the page, then run again. After the GPU has crashed, a browser may refuse it to the page until then.',
    button: 'Reload the page',
    does: 'reload',
  },
  diverged: {
    advice:
      'go back to the last good state and on from there with a smaller learning rate: a fork, in which the steps before it stay as they are.',
    button: 'Go back to the last good state',
    does: 'rewind',
  },
  'out-of-memory': {
    advice: 'make the batch or the model smaller, or close other tabs that use the GPU.',
    button: 'Go to the batch',
    does: 'smaller-batch',
  },
  'device-lost': {
    advice: 'run again; if it happens again, make the batch smaller or close other tabs that use the GPU.',
    button: 'Run again',
    does: 'run',
  },
  'worker-died': {
    advice: 'run again; a new worker is started. If it happens again, reload the page.',
    button: 'Run again',
    does: 'run',
  },
};

const OTHERWISE: Remedy = {
  advice: 'run again. If it happens again, load a preset to see whether the settings are the cause.',
  button: 'Run again',
  does: 'run',
};

/** The remedy for an error. @param error as the worker sent it, or as it is kept with the run. */
export function remedyOf(error: Pick<ErrorData, 'code' | 'path'> | null): Remedy {
  if (error?.code === 'input' && error.path !== null && fieldAt(error.path)) {
    const { path } = error;
    const advice = 'change the setting that it names. The same session would end in the same way.';
    return { advice, button: `Go to ${fieldName(path)}`, does: 'go-to-setting', path };
  }
  return (error?.code && REMEDIES[error.code]) || OTHERWISE;
}
