import { InputError } from '../../lib/errors';
import { chooseVulkan, type VulkanKind } from './vulkan';

/**
 * Flags of Dawn: unthrottled timestamps, and the subgroup features of adapters that Dawn does not enable by default.
 */
const DAWN_OPTIONS = ['enable-dawn-features=allow_unsafe_apis'];

const SOFTWARE: Partial<Record<VulkanKind, string>> = {
  lavapipe: "Mesa's lavapipe",
  swiftshader: "Chromium's SwiftShader",
};

// Dawn frees the instance with the last reference to its GPU object, adapters and devices notwithstanding.
let kept: Promise<GPU> | undefined;
let told = false;

async function load(): Promise<GPU> {
  // Loaded on demand: commands that need no device start without the native library.
  const { create, globals } = await import('webgpu');
  Object.assign(globalThis, globals);
  return create(DAWN_OPTIONS);
}

/** Dawn's `GPU`, made once and kept alive; puts WebGPU's constants (`GPUBufferUsage` …) into the global scope. */
function createNodeGpu(): Promise<GPU> {
  kept ??= load();
  return kept;
}

function tellOfSoftware(kind: VulkanKind): void {
  const name = SOFTWARE[kind];
  if (name === undefined || told) return;
  told = true;
  process.stderr.write(`lab: no hardware adapter is used: falling back to ${name}, on the CPU\n`);
}

/**
 * The adapter to use, or null where the machine has none. For a software adapter one line is printed to stderr, once.
 * Throws `InputError` where LAB_ADAPTER names an adapter that is unknown or missing.
 */
export async function requestNodeAdapter(): Promise<GPUAdapter | null> {
  const { kind } = chooseVulkan();
  const forced = process.env.LAB_ADAPTER;
  if (kind === 'none') {
    if (!forced) return null;
    throw new InputError(
      `LAB_ADAPTER: expected hardware, lavapipe or swiftshader, one that this machine has; found ${forced}`,
    );
  }
  const gpu = await createNodeGpu();
  const adapter = await gpu.requestAdapter({ powerPreference: 'high-performance' });
  if (adapter !== null) tellOfSoftware(kind);
  return adapter;
}
