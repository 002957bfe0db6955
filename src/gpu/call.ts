import type { View } from './view';

/**
 * The work of a dispatch, whatever the device: the arithmetic as its shader writes it, and the bytes that pass through
 * memory.
 */
export interface Work {
  /** Floating-point operations: one each, two an fma; those of trees over a workgroup are left out. */
  readonly flops: number;
  /** Each value read once and each result written once, as with a perfect cache. */
  readonly bytes: number;
  /** Bytes that invocations read from workgroup memory; 0 where absent. */
  readonly shared?: number;
  /** Rounds of loads of one workgroup, each of which waits for the one before at a barrier; 0 where absent. */
  readonly rounds?: number;
  /** Number of workgroups that have work, where the live rows alone do not decide it. */
  readonly workgroups?: number;
}

/** The sizes that a call works on in one run, which only the buffers hold. */
export interface Filled {
  /** Number of rows that hold data. */
  readonly live: (rows: { readonly limit: number; readonly slot: number; readonly start: number }) => number;
  /** The content of a binding of whole numbers; zeros where it is not known. */
  readonly integers: (binding: string) => Uint32Array;
}

/** The arguments of a kernel, by the names in its WGSL; one too few or too many does not compile. */
export type Call<Uniforms, Bindings extends string, Constants extends string> = {
  readonly bindings: Readonly<Record<Bindings, View>>;
  readonly groups: readonly [number, number, number];
  /** The work of the call, by the sizes of a run. */
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
  /** The buffers, by the names of the bindings. */
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
