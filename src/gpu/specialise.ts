import { GpuValidationError } from './errors';

export type Constants = Readonly<Record<string, number>>;

/** `for (var i = 0u; i < NAME; i++) { // unrolled`, its body, and the brace in the same column that closes it. */
const LOOP = /^( *)for \(var (\w+) = 0u; \2 < (\w+); \2\+\+\) \{ \/\/ unrolled\n((?:.*\n)*?)\1\}$/m;

/**
 * Replaces `const NAME = 16u; // specialised` lines of a shader, so that a file is valid WGSL as it stands and array sizes
 * can still depend on the model (WGSL's `override` cannot size private arrays). Loops up to such a constant that are marked
 * `// unrolled` are written out, so that they index private arrays by constants: elsewhere these live in memory.
 */
export function specialise(label: string, source: string, constants: Constants): string {
  let code = source;
  for (const [name, value] of Object.entries(constants)) {
    const line = new RegExp(`^const ${name} = \\d+u;(.*)$`, 'm');
    if (!line.test(code)) throw new GpuValidationError(label, `no specialised constant ${name} in this shader`);
    code = code.replace(line, `const ${name} = ${value}u;$1`);
  }
  for (let loop = LOOP.exec(code); loop; loop = LOOP.exec(code)) {
    const [text, indent = '', index = '', name = '', body = ''] = loop;
    const count = constants[name];
    if (count === undefined) throw new GpuValidationError(label, `no constant ${name} to unroll a loop by`);
    const copies = Array.from(
      { length: count },
      (_, i) => `${indent}{\n${indent}  const ${index} = ${i}u;\n${body}${indent}}`,
    );
    code = code.replace(text, () => copies.join('\n'));
  }
  return code;
}
