import { describe, expect, it } from 'vitest';
import { identify } from './gpu';

const told = { vendor: '', architecture: '', description: '' };

describe('what an adapter tells of itself', () => {
  it('is nothing in Firefox: then it counts as hardware, unless it says that it is a fallback', () => {
    expect(identify({ info: { ...told, isFallbackAdapter: false } })).toEqual({
      vendor: '',
      architecture: '',
      description: '',
      software: false,
    });
    expect(identify({ info: { ...told, isFallbackAdapter: true } }).software).toBe(true);
  });

  it.each([
    ['google', 'swiftshader', 'SwiftShader Device (LLVM 10.0.0)'],
    ['mesa', '', 'llvmpipe (LLVM 15.0.6, 256 bits)'],
    ['microsoft', '', 'Microsoft Basic Render Driver'],
  ])('names a processor: %s %s %s', (vendor, architecture, description) => {
    const info = { ...told, vendor, architecture, description, isFallbackAdapter: false };
    expect(identify({ info }).software).toBe(true);
  });
});
