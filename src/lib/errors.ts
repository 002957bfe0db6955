/** The kinds of failure that code can react to; messages are for people. */
export const ERROR_CODES = [
  /** Something that was given or set. */
  'input',
  /** Stage 1 is too weak for stage 2. */
  'gate',
  /** The documents to train on are not in this browser. */
  'no-documents',
  /** The model that a session starts from is not in this browser. */
  'no-model',
  /** There is no GPU, or the browser refuses it to the page. */
  'no-webgpu',
  /** The loss, its gradient or a weight is no finite number. */
  'diverged',
  'out-of-memory',
  'device-lost',
  'worker-died',
  /** The user cancelled it. */
  'cancelled',
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** What is wrong with one value. */
export interface Problem {
  /** Path of the setting or the field; empty where it is about the whole input. */
  path: string;
  value: unknown;
  /** Completes "expected …". */
  expected: string;
}

/** A failure as data: how it crosses from the worker to the page, and is kept with a run. */
export interface ErrorData {
  /** The kind of failure; null where it is not known. */
  code: ErrorCode | null;
  /** Path of the wrong value; null where it is about none in particular. */
  path: string | null;
  value: unknown;
  expected: string | null;
  /** The sentence that people read. */
  message: string;
}

/** An error that says what kind it is. */
export class CodedError extends Error {
  override name = 'CodedError';
  constructor(
    message: string,
    readonly code: ErrorCode | null,
    readonly problem: Problem | null = null,
  ) {
    super(message);
  }
}

/** Input that the user can mend. The message is one sentence: what, where, and what was expected. */
export class InputError extends CodedError {
  override name = 'InputError';
  constructor(message: string, code: ErrorCode = 'input', problem: Problem | null = null) {
    super(message, code, problem);
  }
}

/** A result that the caller asked to stop waiting for. */
export class CancelledError extends CodedError {
  override name = 'CancelledError';
  constructor(message: string) {
    super(message, 'cancelled');
  }
}

export const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** The sentence of an error that the user can mend. @throws any other error, which is a bug. */
export function inputSentence(error: unknown): string {
  if (error instanceof InputError) return error.message;
  throw error;
}

/** The code of an error; null where it has none. */
export const codeOf = (error: unknown): ErrorCode | null => (error instanceof CodedError ? error.code : null);

/** A failure of which nothing but the sentence is known. */
export const plainFailure = (message: string): ErrorData => ({
  code: null,
  path: null,
  value: null,
  expected: null,
  message,
});

/** Anything that was thrown, as data. */
export function errorData(error: unknown): ErrorData {
  if (!(error instanceof CodedError)) return plainFailure(messageOf(error));
  const { code, problem, message } = error;
  return { code, path: problem?.path ?? null, value: problem?.value ?? null, expected: problem?.expected ?? null, message }; // prettier-ignore
}

/** The other way: an error that says the same. */
export function errorOf({ code, path, value, expected, message }: ErrorData): CodedError {
  return new CodedError(message, code, path === null ? null : { path, value, expected: expected ?? '' });
}
