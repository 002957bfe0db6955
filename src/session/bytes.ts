import { InputError } from '../lib/errors';

/** Bytes written one after the other. */
export class ByteWriter {
  readonly #bytes: number[] = [];

  byte(value: number): void {
    this.#bytes.push(value);
  }

  raw(values: Iterable<number>): void {
    for (const value of values) this.#bytes.push(value);
  }

  /** A whole number from 0 to 2^53 − 1: seven bits a byte, lowest first (LEB128). */
  varint(value: number): void {
    let rest = value;
    while (rest >= 128) {
      this.#bytes.push((rest % 128) + 128);
      rest = Math.floor(rest / 128);
    }
    this.#bytes.push(rest);
  }

  /** Length, then UTF-8. */
  text(value: string): void {
    const encoded = new TextEncoder().encode(value);
    this.varint(encoded.length);
    this.raw(encoded);
  }

  result(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
}

/** Reads what `ByteWriter` wrote; whatever else it is given ends in an `InputError`. */
export class ByteReader {
  readonly #bytes: Uint8Array;
  readonly #where: string;
  #at = 0;

  constructor(bytes: Uint8Array, where: string) {
    this.#bytes = bytes;
    this.#where = where;
  }

  get left(): number {
    return this.#bytes.length - this.#at;
  }

  byte(): number {
    return this.raw(1)[0]!;
  }

  raw(length: number): Uint8Array {
    if (length > this.left) {
      throw new InputError(`${this.#where} has ${this.left} bytes at ${this.#at}, expected ${length}`);
    }
    this.#at += length;
    return this.#bytes.subarray(this.#at - length, this.#at);
  }

  varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte % 128) * scale;
      if (!Number.isSafeInteger(value)) {
        throw new InputError(`${this.#where} holds the number ${value}, expected at most 2^53 - 1`);
      }
      if (byte < 128) return value;
    }
  }

  text(length = this.varint()): string {
    const encoded = this.raw(length);
    try {
      return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(encoded);
    } catch {
      throw new InputError(`${this.#where} holds a text of ${length} bytes that is broken, expected UTF-8`);
    }
  }
}
