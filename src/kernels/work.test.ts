import { describe, expect, it } from 'vitest';
import { batchCases } from './work-batch.test-data';
import { layerCases } from './work-layers.test-data';
import { nameOf, shaders, tried } from './work.test-data';

describe('what each kernel counts as its work', () => {
  layerCases();
  batchCases();

  it('is checked for every kernel', () => {
    // Quads' attention counts by the same function as the one through workgroup memory.
    const quads = shaders.map(nameOf).filter((name) => name.startsWith('attention') && name.endsWith('quads'));
    expect([...tried, ...quads].sort()).toEqual(shaders.map(nameOf).sort());
  });
});
