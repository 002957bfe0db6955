import { GpuValidationError } from './errors';

export type Constants = Readonly<Record<string, number>>;

/**
 * Replaces `const NAME = 16u; // specialised` lines of a shader, so that a file is valid WGSL as it stands and array sizes
 * can still depend on the model (WGSL's `override` cannot size private arrays).
 */
export function specialise(label: string, source: string, constants: Constants): string {
  let code = source;
  for (const [name, value] of Object.entries(constants)) {
    const line = new RegExp(`^const ${name} = \\d+u;(.*)$`, 'm');
    if (!line.test(code)) throw new GpuValidationError(label, `no specialised constant ${name} in this shader`);
    code = code.replace(line, `const ${name} = ${value}u;$1`);
  }
  return code;
}
