import * as v from 'valibot';
import type { FieldNote } from './field-note';

/** The values that one setting may have. The schema, the panel, `--set` and the share link all read this. */
export type Leaf =
  | { kind: 'number' | 'integer'; min: number; max: number; initial: number }
  | { kind: 'boolean'; initial: boolean }
  | { kind: 'text'; maxLength: number; initial: string; lines?: true }
  | { kind: 'option'; options: readonly string[]; initial: string }
  | { kind: 'integers'; min: number; max: number; maxLength: number; initial: readonly number[] }
  | { kind: 'options'; options: readonly string[]; initial: readonly string[] };

/** A setting's value. */
export type LeafValue = number | boolean | string | readonly number[] | readonly string[];

/** Whether a list holds names, not numbers; neither kind of list is ever empty. */
export const isNames = (list: readonly number[] | readonly string[]): list is readonly string[] =>
  typeof list[0] === 'string';

const leaves = new WeakMap<object, Leaf>();

function registered<T extends object>(schema: T, leaf: Leaf): T {
  leaves.set(schema, leaf);
  return schema;
}

/** The leaf of a schema made by one of the functions below; `undefined` for a group. */
export const leafOf = (schema: object): Leaf | undefined => leaves.get(schema);

/** A finite number in [min, max]. */
export function real(min: number, max: number, initial: number) {
  const expected = `a number between ${min} and ${max}`;
  return registered(
    v.optional(v.pipe(v.number(expected), v.minValue(min, expected), v.maxValue(max, expected)), initial),
    { kind: 'number', min, max, initial },
  );
}

/** A whole number in [min, max]; `because` says why the bound is where it is, when that is not plain. */
export function whole(min: number, max: number, initial: number, because = '') {
  const expected = `a whole number between ${min} and ${max}${because && `, because ${because}`}`;
  return registered(
    v.optional(
      v.pipe(v.number(expected), v.integer(expected), v.minValue(min, expected), v.maxValue(max, expected)),
      initial,
    ),
    { kind: 'integer', min, max, initial },
  );
}

export function flag(initial: boolean) {
  return registered(v.optional(v.boolean('true or false'), initial), { kind: 'boolean', initial });
}

/** One line of text: no control characters, no lone surrogates, so that it survives UTF-8. */
export function line(maxLength: number) {
  const expected = `one line of at most ${maxLength} characters`;
  return registered(
    v.optional(
      v.pipe(v.string(expected), v.maxLength(maxLength, expected), v.regex(/^[^\p{Cc}\p{Cs}]*$/u, expected)),
      '',
    ),
    { kind: 'text', maxLength, initial: '' },
  );
}

/** A text of any number of lines: tabs and line feeds are its only control characters. */
export function lines(maxLength: number) {
  const expected = `a text of at most ${maxLength} characters`;
  return registered(
    v.optional(
      v.pipe(v.string(expected), v.maxLength(maxLength, expected), v.regex(/^(?:[^\p{Cc}\p{Cs}]|[\n\t])*$/u, expected)),
      '',
    ),
    { kind: 'text', maxLength, initial: '', lines: true },
  );
}

export function option<const T extends readonly string[]>(options: T, initial: T[number]) {
  const expected = options.length === 1 ? `"${options[0]}"` : `one of ${options.join(', ')}`;
  return registered(v.optional(v.picklist(options, expected), initial), { kind: 'option', options, initial });
}

/** A short list of whole numbers, each in [min, max]. */
export function wholes(min: number, max: number, maxLength: number, initial: number[]) {
  const expected = `a list of 1 to ${maxLength} whole numbers between ${min} and ${max}`;
  const entry = v.pipe(v.number(expected), v.integer(expected), v.minValue(min, expected), v.maxValue(max, expected));
  return registered(
    v.optional(v.pipe(v.array(entry, expected), v.minLength(1, expected), v.maxLength(maxLength, expected)), initial),
    { kind: 'integers', min, max, maxLength, initial },
  );
}

/** One or more of `options`, each once, in their order. */
export function some<const T extends readonly string[]>(options: T, initial: T[number][]) {
  const expected = `one or more of ${options.join(', ')}, each once and in this order`;
  const inOrder = (names: T[number][]): boolean =>
    names.every((name, i) => i === 0 || options.indexOf(name) > options.indexOf(names[i - 1]!));
  return registered(
    v.optional(
      v.pipe(v.array(v.picklist(options, expected), expected), v.minLength(1, expected), v.check(inOrder, expected)),
      initial,
    ),
    { kind: 'options', options, initial },
  );
}

const notes = new WeakMap<object, FieldNote>();

/** A setting with what the panel says of it. */
export function noted<T extends object>(schema: T, note: FieldNote): T {
  notes.set(schema, note);
  return schema;
}

/** The note that `noted` gave a setting. */
export const noteOf = (schema: object): FieldNote | undefined => notes.get(schema);
