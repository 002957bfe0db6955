import { transferHandlers, type TransferHandler } from 'comlink';
import { errorData, errorOf, type ErrorData } from '../../lib/errors';

/** How messages between the page and its worker are encoded, beyond what the browser clones by itself. */

/** A function that receives events from the other side, in order and without an answer, over a port of its own. */
export interface Listener<T> {
  (value: T): void;
  /** Called by the sender when there are no more events; it closes the port. */
  close?: () => void;
}

/** The last message of a port. */
const END = { end: true } as const;
type Told = { value: unknown } | typeof END;

const listeners: TransferHandler<Listener<unknown>, MessagePort> = {
  canHandle: (value): value is Listener<unknown> => typeof value === 'function',
  serialize: (listener) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }: MessageEvent<Told>) => {
      if ('end' in data) port1.close();
      else listener(data.value);
    };
    return [port2, [port2]];
  },
  deserialize: (port) =>
    Object.assign((value: unknown) => port.postMessage({ value }), { close: () => port.postMessage(END) }),
};

/** The mark that comlink puts on a thrown value. */
interface Thrown {
  value: unknown;
}
const comlinksThrown = transferHandlers.get('throw');

/** Sends what a call throws with all its fields: comlink would send an error's message and name alone. */
const thrown: TransferHandler<Thrown, ErrorData> = {
  canHandle: (value): value is Thrown => comlinksThrown?.canHandle(value) ?? false,
  serialize: ({ value }) => [errorData(value), []],
  deserialize: (data) => {
    throw errorOf(data);
  },
};

/** Registers these encodings; both sides call it before the first message. */
export function prepareMessages(): void {
  transferHandlers.set('listener', listeners);
  transferHandlers.set('throw', thrown);
}
