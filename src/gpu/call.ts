import type { View } from './view';

/** What a dispatch must do, whatever the device: the arithmetic as its shader writes it, and what passes through memory. */
export interface Work {
  /** Floating-point operations: one each, two an fma; those of trees over a workgroup are left out. */
  readonly flops: number;
  /** Each value read once and each result written once, as with a perfect cache. */
  readonly bytes: number;
  /** Bytes that invocations read from workgroup memory; 0 where absent. */
  readonly shared?: number;
  /** Rounds of loads of one workgroup, each of which waits for the one before at a barrier; 0 where absent. */
  readonly rounds?: number;
  /** Workgroups that have something to do, where the live rows alone do not tell. */
  readonly workgroups?: number;
}

/** What a call works on in one run: the sizes that only the buffers know. */
export interface Filled {
  /** How many rows hold data. */
  readonly live: (rows: { readonly limit: number; readonly slot: number; readonly start: number }) => number;
  /** What a binding of whole numbers holds; zeros where it is not known. */
  readonly integers: (binding: string) => Uint32Array;
}

/** What a kernel is called with, by the names in its WGSL; one too few or too many does not compile. */
export type Call<Uniforms, Bindings extends string, Constants extends string> = {
  readonly bindings: Readonly<Record<Bindings, View>>;
  readonly groups: readonly [number, number, number];
  /** What it must do, by the sizes of a run. */
  readonly work: (filled: Filled) => Work;
} & (Uniforms extends null ? { readonly uniforms?: undefined } : { readonly uniforms: Uniforms }) &
  ([Constants] extends [never]
    ? { readonly constants?: undefined }
    : { readonly constants: Readonly<Record<Constants, number>> });

/** A call as it was noted down: what a dispatch is judged by. */
export interface Noted {
  readonly kernel: string;
  /** Invocations of a workgroup. */
  readonly size: number;
  readonly groups: readonly [number, number, number];
  readonly uniforms: unknown;
  readonly constants: Readonly<Record<string, number>>;
  /** By the names of the bindings. */
  readonly views: Readonly<Record<string, View>>;
  readonly work: (filled: Filled) => Work;
}

/** Invocations of a workgroup, from the text of a shader: `@workgroup_size(ROWS, 4)`. @throws RangeError where it names no constant. */
export function workgroupSize(name: string, code: string, constants: Readonly<Record<string, number>>): number {
  const [, sides = ''] = /@workgroup_size\(([^)]*)\)/.exec(code) ?? [];
  return sides.split(',').reduce((product, side) => {
    const word = side.trim();
    const length = /^\d+u?$/.test(word) ? parseInt(word, 10) : constants[word];
    if (length === undefined) throw new RangeError(`${name}: its workgroup size names ${word}, which is no constant`);
    return product * length;
  }, 1);
}
