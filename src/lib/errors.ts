/** Input that the user can mend. The message is one sentence: what, where, and what was expected. */
export class InputError extends Error {
  override name = 'InputError';
}

/** A result that the caller asked to stop waiting for. */
export class CancelledError extends Error {
  override name = 'CancelledError';
}
