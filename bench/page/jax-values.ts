import type { Array as JaxArray } from '@jax-js/jax';

/** The values of an array of jax-js, brought back flat; consumes it. */
export async function valuesOf(array: JaxArray): Promise<Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>> {
  // Its own type names arrays that not every library of types knows.
  const values: unknown = await array.data();
  if (values instanceof Float32Array || values instanceof Int32Array) return values as Float32Array<ArrayBuffer>;
  throw new TypeError('jax-js: expected floats or integers of 32 bits');
}
