/** What kind of failure it is, for whoever offers a way out of it; words are for people. */
export type ErrorCode =
  /** Something that was given or set. */
  | 'input'
  /** Stage 1 is too weak for stage 2. */
  | 'gate'
  /** The documents to train on are not in this browser. */
  | 'no-documents'
  | 'out-of-memory'
  | 'device-lost'
  | 'worker-died';

/** Input that the user can mend. The message is one sentence: what, where, and what was expected. */
export class InputError extends Error {
  override name = 'InputError';
  constructor(
    message: string,
    readonly code: ErrorCode = 'input',
  ) {
    super(message);
  }
}

/** A result that the caller asked to stop waiting for. */
export class CancelledError extends Error {
  override name = 'CancelledError';
}

/** Errors of other layers, which keep their name where they cross from the worker. */
const BY_NAME: ReadonlyMap<string, ErrorCode> = new Map([
  ['InputError', 'input'],
  ['GpuOutOfMemoryError', 'out-of-memory'],
  ['DeviceLostError', 'device-lost'],
  ['WorkerDiedError', 'worker-died'],
]);

/** Null where nothing is known of it. */
export function codeOf(error: unknown): ErrorCode | null {
  if (error instanceof InputError) return error.code;
  return (error instanceof Error && BY_NAME.get(error.name)) || null;
}
