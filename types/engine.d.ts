// All that the engine may use beyond the language and WebGPU: what a worker and Node both have, as far as it is used.
// Only `tsconfig.engine.json` reads this; elsewhere the same names come from the DOM's and Node's types.

declare class TextEncoder {
  encode(text?: string): Uint8Array<ArrayBuffer>;
  encodeInto(text: string, into: Uint8Array): { read: number; written: number };
}

declare class TextDecoder {
  constructor(encoding?: string, options?: { fatal?: boolean; ignoreBOM?: boolean });
  decode(bytes?: ArrayBufferView | ArrayBuffer, options?: { stream?: boolean }): string;
}

declare const performance: { now(): number };

declare function setTimeout(then: (...nothing: never[]) => void, milliseconds?: number): unknown;

/** Bytes that may lie on a disk. */
interface Blob {
  readonly size: number;
  slice(from?: number, to?: number): Blob;
  arrayBuffer(): Promise<ArrayBuffer>;
  stream(): AsyncIterable<Uint8Array<ArrayBuffer>>;
}

// A reader of GGUF headers asks for its bytes as if over a network; nothing here calls one.
type HeadersInit = Record<string, string>;
declare class Headers {
  constructor(headers?: HeadersInit);
  get(name: string): string | null;
}
declare class Response {
  constructor(body: Uint8Array<ArrayBuffer>, init?: { headers?: HeadersInit });
}
declare function fetch(address: unknown, init?: { headers?: HeadersInit }): Promise<Response>;
