import { InputError } from '../../lib/errors';
import { isJsonObject, quote, type JsonObject } from '../json';

/**
 * A component of a tokenizer.json, read key by key: what is absent has the value that Python's `tokenizers` gives it, and
 * what we do not do as Python does is refused by the component's name.
 */
export class Component {
  /** @param where the file and the component's place in it, for messages. */
  constructor(
    readonly json: JsonObject,
    readonly where: string,
  ) {}

  get type(): string {
    return this.string('type');
  }

  /** @throws InputError that names this component. */
  refuse(what: string, expected: string): never {
    throw new InputError(`${this.where}: ${what}, expected a tokenizer with ${expected}`);
  }

  /** Refuses a type that none of `known` is. */
  unknown(known: readonly string[]): never {
    return this.refuse(`type is ${quote(this.json['type'])}`, `one of ${known.join(', ')} here`);
  }

  private value<T>(key: string, fallback: T | undefined, expected: string, is: (value: unknown) => value is T): T {
    const value = this.json[key] ?? fallback;
    return is(value) ? value : this.refuse(`${key} is ${quote(value)}`, `${expected} there`);
  }

  string(key: string, fallback?: string): string {
    return this.value(key, fallback, 'a text', (value) => typeof value === 'string');
  }

  stringOrNull(key: string): string | null {
    return (this.json[key] ?? null) === null ? null : this.string(key);
  }

  boolean(key: string, fallback?: boolean): boolean {
    return this.value(key, fallback, 'true or false', (value) => typeof value === 'boolean');
  }

  integer(key: string, fallback?: number): number {
    const is = (value: unknown): value is number => Number.isSafeInteger(value) && Number(value) >= 0;
    return this.value(key, fallback, 'a whole number', is);
  }

  choice<const T extends string>(key: string, known: readonly T[], fallback?: T): T {
    const is = (value: unknown): value is T => known.some((one) => one === value);
    return this.value(key, fallback, `one of ${known.join(', ')}`, is);
  }

  list(key: string): readonly unknown[] {
    return this.value(key, undefined, 'a list', (value): value is readonly unknown[] => Array.isArray(value));
  }

  object(key: string): JsonObject {
    return this.value(key, undefined, 'an object', isJsonObject);
  }

  /** A component inside this one, or null where there is none. */
  child(key: string): Component | null {
    return (this.json[key] ?? null) === null ? null : new Component(this.object(key), `${this.where}.${key}`);
  }

  children(key: string): Component[] {
    return this.list(key).map((json, at) => {
      if (!isJsonObject(json)) return this.refuse(`${key}[${at}] is ${quote(json)}`, 'an object there');
      return new Component(json, `${this.where}.${key}[${at}]`);
    });
  }
}

/** A list whose values are not checked yet; empty where there is none. */
export function asList(value: unknown): readonly unknown[] {
  const list: unknown[] = Array.isArray(value) ? value : [];
  return list;
}
