// Writes src/wgsl.d.ts: for every shader, the type of what an import of it gives. Run it after a shader's uniforms, bindings
// or constants changed; a test compares.
import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { readShader, shaderFolder } from './wgsl.mjs';

export const typesFile = join(shaderFolder, '..', 'src', 'wgsl.d.ts');

const objectOf = (fields) => `{ ${fields.map(({ name, ...field }) => `${name}: ${typeOf(field)}`).join('; ')} }`;
const typeOf = ({ fields, count }) => (fields ? objectOf(fields) : count === 1 ? 'number' : 'readonly number[]');
const union = (names) => (names.length > 0 ? names.map((name) => `'${name}'`).join(' | ') : 'never');

function declarationOf(file) {
  const { shader } = readShader(file);
  const structs = Object.entries(shader.structs).map(([name, { fields }]) => `${name}: ${objectOf(fields)}`);
  return [
    `declare module '*/${file}' {`,
    `  const shader: import('./gpu/shader').Shader<`,
    `    ${shader.uniforms ? objectOf(shader.uniforms.fields) : 'null'},`,
    `    ${union(shader.bindings.map(({ name }) => name))},`,
    `    ${union(Object.keys(shader.constants))},`,
    `    ${structs.length > 0 ? `{ ${structs.join('; ')} }` : 'object'}`,
    '  >;',
    '  export default shader;',
    '}',
  ].join('\n');
}

export function shaderTypes() {
  const files = readdirSync(shaderFolder, { recursive: true, encoding: 'utf8' })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => path.endsWith('.wgsl') && !path.startsWith('lib/'))
    .sort();
  return [
    '// Made by `npm run shaders` of shaders/: what an import of a shader gives, and what a call of it takes.',
    ...files.map(declarationOf),
  ]
    .join('\n\n')
    .concat('\n');
}

if (argv[1] === fileURLToPath(import.meta.url)) writeFileSync(typesFile, shaderTypes());
