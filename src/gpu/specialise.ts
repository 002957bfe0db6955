import { GpuValidationError } from './errors';

export type Constants = Readonly<Record<string, number>>;

/** A line of what is compiled, and the line of the source that it comes from (from 1). */
export interface CompiledLine {
  readonly text: string;
  readonly line: number;
}

/** A line, or none of code, behind which stands `// NAME: what it is where the constant NAME is 1`. */
const ALTERNATIVE = /^.*\/\/ ([A-Z_]+): (.*)$/;

/** `for (var i = 0u; i < NAME; i++) { // unrolled`. */
const LOOP = /^( *)for \(var (\w+) = 0u; \2 < (\w+); \2\+\+\) \{ \/\/ unrolled$/;

/**
 * Replaces `const NAME = 16u; // specialised` lines of a shader, so that a file is valid WGSL as it stands and array sizes
 * can still depend on the model (WGSL's `override` cannot size private arrays). Loops up to such a constant that are marked
 * `// unrolled` are written out, so that they index private arrays by constants: elsewhere these live in memory. A line that
 * ends in `// NAME: other code` is that code where the constant NAME is 1: what no constant can switch, such as a type.
 */
export function specialise(label: string, source: string, constants: Constants): string {
  return textOf(specialiseLines(label, source, constants));
}

export const textOf = (lines: readonly CompiledLine[]): string => lines.map(({ text }) => text).join('\n');

/** The same by lines, each with where it comes from. */
export function specialiseLines(label: string, source: string, constants: Constants): CompiledLine[] {
  let code = source;
  for (const [name, value] of Object.entries(constants)) {
    const line = new RegExp(`^const ${name} = \\d+u;(.*)$`, 'm');
    if (!line.test(code)) throw new GpuValidationError(label, `no specialised constant ${name} in this shader`);
    code = code.replace(line, `const ${name} = ${value}u;$1`);
  }
  return unrolled(
    label,
    code.split('\n').map((text, i) => ({ text: alternative(text, constants), line: i + 1 })),
    constants,
  );
}

function alternative(text: string, constants: Constants): string {
  const [, name = '', other = ''] = ALTERNATIVE.exec(text) ?? [];
  return constants[name] === 1 ? other : text;
}

function unrolled(label: string, lines: readonly CompiledLine[], constants: Constants): CompiledLine[] {
  const out: CompiledLine[] = [];
  for (let at = 0; at < lines.length; at++) {
    const { text, line } = lines[at]!;
    const loop = LOOP.exec(text);
    if (!loop) {
      out.push(lines[at]!);
      continue;
    }
    const [, indent = '', index = '', name = ''] = loop;
    const count = constants[name];
    if (count === undefined) throw new GpuValidationError(label, `no constant ${name} to unroll a loop by`);
    const end = lines.findIndex(({ text: closing }, i) => i > at && closing === `${indent}}`);
    if (end < 0) throw new GpuValidationError(label, `the unrolled loop over ${index} does not end in its own column`);
    const body = unrolled(label, lines.slice(at + 1, end), constants);
    for (let i = 0; i < count; i++) {
      out.push({ text: `${indent}{`, line }, { text: `${indent}  const ${index} = ${i}u;`, line });
      out.push(...body, lines[end]!);
    }
    at = end;
  }
  return out;
}
