/** A member of a struct: numbers, or a struct in it. Offsets are in bytes from the struct that holds it. */
export type StructField =
  | { readonly name: string; readonly offset: number; readonly scalar: 'u32' | 'i32' | 'f32'; readonly count: number }
  | { readonly name: string; readonly offset: number; readonly fields: readonly StructField[] };

/** The memory layout of a WGSL struct. */
export interface Struct<Values> {
  /** Size in bytes. */
  readonly size: number;
  readonly fields: readonly StructField[];
  /** Never there: it carries the type of what `pack` takes. */
  readonly values?: Values;
}

/** A storage buffer that a shader declares. */
export interface Binding {
  readonly name: string;
  readonly binding: number;
  readonly access: 'read' | 'read_write';
  /** Bytes of one element. */
  readonly bytes: number;
  /** Whether its elements are floats, or vectors of them. */
  readonly float: boolean;
  /** The least number of elements, in reverse Polish notation over uniforms and constants. */
  readonly length: readonly (string | number)[];
}

/** The content of an imported WGSL file: its text, and what follows from it for calls (`scripts/wgsl-layout.mjs`). */
export interface Shader<Uniforms, Bindings extends string, Constants extends string, Structs = object> {
  readonly name: string;
  readonly code: string;
  /** The origin of runs of its lines: first line of the run, file inside shaders/, line there. */
  readonly origins: readonly (readonly [line: number, file: string, fileLine: number])[];
  readonly uniforms: (Struct<Uniforms> & { readonly binding: number }) | null;
  readonly bindings: readonly Binding[];
  /** Constants that are chosen when it is compiled, with their values in the file. */
  readonly constants: Readonly<Record<Constants, number>>;
  readonly values: Readonly<Record<string, number>>;
  /** The structs of its storage buffers. */
  readonly structs: { readonly [Name in keyof Structs]: Struct<Structs[Name]> };
  /** Never there: it carries the names of the bindings. */
  readonly named?: Bindings;
}

/** Reads a member of what was given for a struct. */
const memberOf = (values: unknown, name: string): unknown =>
  typeof values === 'object' && values !== null ? Reflect.get(values, name) : undefined;

/**
 * Writes values as the struct lies in memory.
 * @throws RangeError for one that is missing or is no number of its type, with its name.
 */
export function packStruct<Values>(
  what: string,
  struct: Struct<Values>,
  values: NoInfer<Values>,
  into: DataView,
): void {
  packFields(what, struct.fields, values, into, 0);
}

function packFields(what: string, fields: readonly StructField[], values: unknown, into: DataView, at: number): void {
  for (const field of fields) {
    const value = memberOf(values, field.name);
    const name = `${what}.${field.name}`;
    if ('fields' in field) {
      packFields(name, field.fields, value, into, at + field.offset);
      continue;
    }
    const numbers: readonly unknown[] = Array.isArray(value) ? value : [value];
    if (numbers.length !== field.count)
      throw new RangeError(`${name} has ${numbers.length} numbers, expected ${field.count}`);
    numbers.forEach((x, i) => writeNumber(name, field.scalar, x, into, at + field.offset + i * 4));
  }
}

function writeNumber(name: string, scalar: 'u32' | 'i32' | 'f32', value: unknown, into: DataView, at: number): void {
  if (typeof value !== 'number') throw new RangeError(`${name} is ${String(value)}, expected a number`);
  if (scalar === 'f32') {
    if (!Number.isFinite(value)) throw new RangeError(`${name} is ${value}, expected a finite number`);
    into.setFloat32(at, value, true);
    return;
  }
  const [least, most] = scalar === 'u32' ? [0, 2 ** 32 - 1] : [-(2 ** 31), 2 ** 31 - 1];
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new RangeError(`${name} is ${value}, expected a whole number from ${least} to ${most}`);
  }
  if (scalar === 'u32') into.setUint32(at, value, true);
  else into.setInt32(at, value, true);
}

/** The words of a storage buffer that holds one struct. */
export function packed<Values>(
  what: string,
  struct: Struct<Values>,
  values: NoInfer<Values>,
): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(struct.size / 4);
  packStruct(what, struct, values, new DataView(words.buffer));
  return words;
}

/** Elements that a binding must hold. @param numbers uniforms by path, rows for their limit, and constants. */
export function leastLength({ length }: Binding, numbers: (name: string) => number): number {
  const stack: number[] = [];
  for (const token of length) {
    if (typeof token === 'number') stack.push(token);
    else if (/^\w/.test(token)) stack.push(numbers(token));
    else {
      const b = stack.pop() ?? NaN;
      const a = stack.pop() ?? NaN;
      stack.push(apply(token, a, b));
    }
  }
  return stack.reduce((product, side) => product * side, 1);
}

function apply(operator: string, a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return Math.floor(a / b);
    case '==':
      return a === b ? 1 : 0;
    default:
      throw new RangeError(`no operator ${operator} in shapes`);
  }
}

/** A uniform by its path; rows (`{limit, …}`) stand for the most there can be. */
export function uniformAt(uniforms: unknown, path: string): number | undefined {
  let value = uniforms;
  for (const name of path.split('.')) value = memberOf(value, name);
  const number = typeof value === 'object' ? memberOf(value, 'limit') : value;
  return typeof number === 'number' ? number : undefined;
}
