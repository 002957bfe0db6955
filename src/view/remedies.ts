import type { ErrorCode } from '../lib/errors';

/** What helps against a failure: advice, and what its one button does. */
export interface Remedy {
  advice: string;
  button: string;
  does: 'run' | 'run-without-gate' | 'choose-documents' | 'smaller-batch';
}

const REMEDIES: Readonly<Record<ErrorCode, Remedy>> = {
  input: {
    advice: 'mend the setting that it names, or load a preset. The same session would end in the same way.',
    button: 'Run again',
    does: 'run',
  },
  gate: {
    advice:
      'give stage 1 more steps, or start stage 2 all the same: the run begins anew with its gate off, and comes to the same stage 1.',
    button: 'Run stage 2 all the same',
    does: 'run-without-gate',
  },
  'no-documents': {
    advice: 'choose the documents that the session was made for; they stay on this device.',
    button: 'Choose the documents',
    does: 'choose-documents',
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

export const remedyOf = (code: ErrorCode | null): Remedy => (code === null ? OTHERWISE : REMEDIES[code]);
