// Reads uniforms, bindings and constants from a shader's text. It is no compiler: the browser's checks the rest.

const SCALARS = ['u32', 'i32', 'f32'];
const up = (to, x) => Math.ceil(x / to) * to;
const uncommented = (text) => text.replace(/\/\/.*$/gm, '');

/** Parts of `text` between commas that stand in no brackets. */
function split(text) {
  const parts = [''];
  let depth = 0;
  for (const c of text) {
    depth += { '<': 1, '(': 1, '>': -1, ')': -1 }[c] ?? 0;
    if (c === ',' && depth === 0) parts.push('');
    else parts[parts.length - 1] += c;
  }
  return parts.map((part) => part.trim()).filter((part) => part !== '');
}

/** `(rows + 1) * channels` in reverse Polish notation; names are uniforms and constants, `?` is 1. */
function polish(file, text, isKnown) {
  const levels = { '==': 1, '+': 2, '-': 2, '*': 3, '/': 3 };
  const out = [];
  const stack = [];
  for (const token of text.match(/[\w.]+|==|\S/g) ?? []) {
    if (token === '(') stack.push(token);
    else if (token === ')') {
      while (stack.length > 0 && stack.at(-1) !== '(') out.push(stack.pop());
      if (stack.pop() !== '(') throw new Error(`shaders/${file}: unbalanced brackets in the shape (${text})`);
    } else if (levels[token]) {
      while (levels[stack.at(-1)] >= levels[token]) out.push(stack.pop());
      stack.push(token);
    } else if (token === '?') out.push(1);
    else if (/^\d+$/.test(token)) out.push(Number(token));
    else if (isKnown(token)) out.push(token);
    else throw new Error(`shaders/${file}: the shape (${text}) names ${token}, which is no uniform and no constant`);
  }
  return [...out, ...stack.reverse()];
}

/** The name of a uniform that a shape may use: a number, or rows, which stand for the most there can be. */
const namesOf = (fields, prefix = '') =>
  fields.flatMap(({ name, fields: inner }) =>
    inner ? [`${prefix}${name}`, ...namesOf(inner, `${prefix}${name}.`)] : [`${prefix}${name}`],
  );

export function readLayout(file, code) {
  const fail = (what) => {
    throw new Error(`shaders/${file}: ${what}`);
  };
  const bodies = new Map(
    [...uncommented(code).matchAll(/\bstruct\s+(\w+)\s*\{([^}]*)\}/g)].map(([, name, body]) => [name, body]),
  );
  const layouts = new Map();

  /** Size and alignment in bytes; `scalar` and `count` of what is made of numbers, `fields` of a struct. */
  function typeOf(type) {
    const atomic = /^atomic<(\w+)>$/.exec(type);
    if (atomic) return typeOf(atomic[1]);
    if (SCALARS.includes(type)) return { size: 4, align: 4, scalar: type, count: 1 };
    const vector = /^vec([24])([uif])$/.exec(type);
    if (vector) {
      const size = 4 * Number(vector[1]);
      const scalar = { u: 'u32', i: 'i32', f: 'f32' }[vector[2]];
      return { size, align: size, scalar, count: size / 4 };
    }
    const array = /^array<\s*(.+?)\s*,\s*(\d+)u?\s*>$/.exec(type);
    if (array) {
      const element = typeOf(array[1]);
      if (!element.scalar || element.size % element.align !== 0) fail(`arrays of ${array[1]} are not read`);
      const length = Number(array[2]);
      return { ...element, size: element.size * length, count: element.count * length };
    }
    if (bodies.has(type)) return structOf(type);
    return fail(`the type ${type} is not read`);
  }

  function structOf(name) {
    const known = layouts.get(name);
    if (known) return known;
    let offset = 0;
    let most = 4;
    const fields = split(bodies.get(name)).map((member) => {
      const [, attributes, field, type] = /^((?:@\w+\([^)]*\)\s*)*)(\w+)\s*:\s*(.+)$/s.exec(member) ?? fail(member);
      const { size, align, scalar, count, fields: inner } = typeOf(type.trim());
      offset = up(align, offset);
      const at = offset;
      const wanted = /@size\((\d+)\)/.exec(attributes)?.[1];
      offset += wanted === undefined ? size : Number(wanted);
      most = Math.max(most, align);
      return inner ? { name: field, offset: at, fields: inner } : { name: field, offset: at, scalar, count };
    });
    const layout = { size: up(most, offset), align: most, fields };
    layouts.set(name, layout);
    return layout;
  }

  const constants = {};
  const values = {};
  for (const [, name, value, rest] of code.matchAll(/^const (\w+) = (\d+)u;(.*)$/gm)) {
    if (rest.includes('specialised')) constants[name] = Number(value);
    else values[name] = Number(value);
  }

  const declarations = [
    ...code.matchAll(
      /^@group\(0\) @binding\((\d+)\) var<(uniform|storage)(?:, (read|read_write))?> (\w+): ([^;]+);(.*)$/gm,
    ),
  ].sort(([, a], [, b]) => Number(a) - Number(b));
  let uniforms = null;
  const uniform = declarations.find(([, , space]) => space === 'uniform');
  // Only structs are called by name; anything else is bound by whoever knows it.
  if (uniform && bodies.has(uniform[5])) {
    const { size, fields } = structOf(uniform[5]);
    uniforms = { binding: Number(uniform[1]), size: up(16, size), fields };
  }
  const names = new Set([
    ...(uniforms ? namesOf(uniforms.fields) : []),
    ...Object.keys(constants),
    ...Object.keys(values),
  ]);
  const structs = {};
  const isKernel = /@compute\b/.test(code);
  const bindings = declarations
    .filter(([, , space]) => space === 'storage')
    .map(([, binding, , access, name, type, rest]) => {
      const element = /^array<\s*(.+?)\s*>$/.exec(type)?.[1];
      const held = element ?? type;
      const { size, align, scalar, fields } = typeOf(held);
      if (fields) structs[held] = { size: up(align, size), fields };
      const shape = /^\s*\/\/ \((.*?)\)(?:[;,:.]| [a-z]|$)/.exec(rest)?.[1];
      if (element !== undefined && shape === undefined && isKernel) {
        fail(`the binding ${name} has no shape: expected a comment such as // (rows, channels) behind it`);
      }
      const length = (shape === undefined ? [] : split(shape)).flatMap((side, i) => [
        ...polish(file, side, (token) => names.has(token)),
        ...(i > 0 ? ['*'] : []),
      ]);
      return {
        name,
        binding: Number(binding),
        access,
        bytes: up(align, size),
        float: scalar === 'f32',
        length: length.length > 0 ? length : [1],
      };
    });
  return { uniforms, bindings, constants, values, structs };
}
