/**
 * Receives the progress of a long work. It may throw to end the work, and is awaited, so that a worker gets to read its
 * messages.
 */
export type OnProgress = (done: number, of: number) => void | Promise<void>;
