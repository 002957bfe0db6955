import { transferHandlers, type TransferHandler } from 'comlink';
import { errorData, errorOf, type ErrorData } from '../../lib/errors';

/** How messages between the page and its worker are written, beyond what the browser clones by itself. */

/** A function that receives what the other side tells, in order and without an answer, over a port of its own. */
export interface Listener<T> {
  (value: T): void;
  /** Called by whoever tells once nothing more comes: the port goes with it. */
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

/** What comlink marks as thrown; nothing else is sent by this handler. */
interface Thrown {
  value: unknown;
}
const comlinksThrown = transferHandlers.get('throw');

/** What a call throws: comlink would send an error's message and name alone. */
const thrown: TransferHandler<Thrown, ErrorData> = {
  canHandle: (value): value is Thrown => comlinksThrown?.canHandle(value) ?? false,
  serialize: ({ value }) => [errorData(value), []],
  deserialize: (data) => {
    throw errorOf(data);
  },
};

/** Both sides call it before the first message. */
export function prepareMessages(): void {
  transferHandlers.set('listener', listeners);
  transferHandlers.set('throw', thrown);
}
