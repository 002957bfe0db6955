import { readdirSync } from 'node:fs';
import { ResourceType, WgslReflect } from 'wgsl_reflect';
import { describe, expect, test } from 'vitest';
import { joinShader, shaderFolder } from '../../scripts/wgsl.mjs';
import { testWithDevice } from './testing';

/** The shaders to compile; files of `lib/` are parts of them. */
const files = readdirSync(shaderFolder, { recursive: true, encoding: 'utf8' })
  .filter((path) => path.endsWith('.wgsl') && !path.startsWith('lib/'))
  .sort();

/** WebGPU's default limits, which every kernel fits so that it runs on every adapter. */
const STORAGE_BUFFERS = 8;
const INVOCATIONS = 256;

/** The features a shader needs, by the extensions it enables. */
function featuresOf(code: string): GPUFeatureName[] {
  const names = [...code.matchAll(/^enable\s+([^;]+);/gm)].flatMap(([, list]) => (list ?? '').split(/\s*,\s*/));
  const features = { f16: 'shader-f16', subgroups: 'subgroups' } as const;
  return names.flatMap((name) => (name === 'f16' || name === 'subgroups' ? [features[name]] : []));
}

/**
 * Compiles every compute entry point on a device with the default limits, which is the authority on storage buffers,
 * invocations and workgroup memory: Dawn rejects the pipeline that exceeds one. Returns what it objects to.
 */
async function objections(device: GPUDevice, code: string): Promise<string[]> {
  const module = device.createShaderModule({ code });
  const { messages } = await module.getCompilationInfo();
  const errors = messages.filter(({ type }) => type === 'error');
  if (errors.length > 0) return errors.map(({ lineNum, linePos, message }) => `${lineNum}:${linePos} ${message}`);
  const entries = [...code.matchAll(/@compute\b[^{]*?\bfn\s+(\w+)/g)].flatMap(([, name]) => (name ? [name] : []));
  const found: string[] = [];
  for (const entryPoint of entries) {
    await device
      .createComputePipelineAsync({ layout: 'auto', compute: { module, entryPoint } })
      .catch((error: unknown) => found.push(`${entryPoint}: ${String(error)}`));
  }
  return found;
}

describe.each(files)('shaders/%s', (file) => {
  const { code } = joinShader(file);

  test('begins with a comment that says what one invocation computes', () => {
    expect(code).toMatch(/^\/\/ \S.{10,}|^\/\*[\s\S]{10,}?\*\//);
  });

  test('is parsed, and stays within the default limits, by a second reader', () => {
    // wgsl_reflect takes the name `block`, which WGSL allows, for the attribute of old drafts.
    const reflected = new WgslReflect(code.replace(/\bblock\b/g, 'block_'));
    for (const entry of reflected.entry.compute) {
      const storage = entry.resources.filter(({ resourceType }) => resourceType === ResourceType.Storage);
      expect(storage.length, `${entry.name}: storage buffers`).toBeLessThanOrEqual(STORAGE_BUFFERS);
      const size = (entry.workgroupSize ?? []).map(Number);
      // A size that is an expression is not evaluated here; Dawn judges it below.
      if (size.some((length) => Number.isNaN(length))) continue;
      const invocations = size.reduce((product, length) => product * length, 1);
      expect(invocations, `${entry.name}: invocations`).toBeLessThanOrEqual(INVOCATIONS);
    }
  });

  const requiredFeatures = featuresOf(code);
  testWithDevice(
    'compiles on a device with the default limits',
    async ({ device }) => {
      // `getCompilationInfo` tells more than the scope does, which would end the test with the bare message.
      device.pushErrorScope('validation');
      const found = await objections(device, code);
      await device.popErrorScope();
      expect(found).toEqual([]);
    },
    requiredFeatures.length > 0 ? { requiredFeatures } : {},
  );
});

const buffers = (count: number): string =>
  Array.from({ length: count }, (_, at) => `@group(0) @binding(${at}) var<storage, read_write> b${at}: array<f32>;`)
    .concat('@compute @workgroup_size(1) fn main() {')
    .concat(Array.from({ length: count }, (_, at) => `b${at}[0] = 1.0;`))
    .concat('}')
    .join('\n');
const memory = (floats: number): string =>
  `var<workgroup> tile: array<f32, ${floats}>; @compute @workgroup_size(1) fn main() { tile[0] = 1.0; }`;

describe('the check itself', () => {
  const cases: [string, string, string][] = [
    ['a syntax error', 'fn main( {', 'fn main() {}'],
    ['a ninth storage buffer', buffers(9), buffers(8)],
    ['more than 16 KiB of workgroup memory', memory(4097), memory(4096)],
    [
      'more than 256 invocations',
      '@compute @workgroup_size(257) fn main() {}',
      '@compute @workgroup_size(256) fn main() {}',
    ],
  ];
  for (const [what, bad, good] of cases) {
    testWithDevice(`reports ${what}`, async ({ device }) => {
      device.pushErrorScope('validation');
      const [bads, goods] = [await objections(device, bad), await objections(device, good)];
      await device.popErrorScope();
      expect(bads).not.toEqual([]);
      expect(goods).toEqual([]);
    });
  }
});
