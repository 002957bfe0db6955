import { defaultDevice, init, numpy as np, type Array as JaxArray } from '@jax-js/jax';

/** Has jax-js compute on WebGPU. @throws where it finds no device */
export async function onWebGpu(): Promise<void> {
  if (!(await init('webgpu')).includes('webgpu')) throw new Error('jax-js found no WebGPU device');
  defaultDevice('webgpu');
}

/** RMS norm over the last axis. Consumes both. */
export function normalise(x: JaxArray, weight: JaxArray, eps: number): JaxArray {
  const scale = np.reciprocal(np.sqrt(np.square(x.ref).mean(-1, { keepdims: true }).add(eps)));
  return x.mul(scale).mul(weight);
}

/** The values of an array of jax-js, brought back flat; consumes it. */
export async function valuesOf(array: JaxArray): Promise<Float32Array<ArrayBuffer> | Int32Array<ArrayBuffer>> {
  // Its own type names arrays that not every library of types knows.
  const values: unknown = await array.data();
  if (values instanceof Float32Array || values instanceof Int32Array) return values as Float32Array<ArrayBuffer>;
  throw new TypeError('jax-js: expected floats or integers of 32 bits');
}
