import { Arguments } from '../args';
import { requestNodeAdapter } from '../device';
import { printResult } from '../output';
import { chooseVulkan, vulkanCandidates, type VulkanChoice, type VulkanKind } from '../vulkan';

export interface AdapterEntry {
  vendor: string;
  architecture: string;
  device: string;
  description: string;
  features: string[];
  limits: Record<string, number>;
}

export interface AdaptersReport {
  /** Every way to a device on this machine, best first; `used` marks the one that a command would use. */
  available: (VulkanChoice & { used: boolean })[];
  kind: VulkanKind;
  /** The adapter that a command would use; null where there is none. */
  adapter: AdapterEntry | null;
}

/** An adapter as plain data. */
function describeAdapter(adapter: GPUAdapter): AdapterEntry {
  const { vendor, architecture, device, description } = adapter.info;
  const limits: Record<string, number> = {};
  // The limits are getters of the prototype, which neither JSON nor Object.entries sees.
  for (const name in adapter.limits) {
    const value: unknown = Reflect.get(adapter.limits, name);
    if (typeof value === 'number') limits[name] = value;
  }
  return { vendor, architecture, device, description, features: [...adapter.features].sort(), limits };
}

/**
 * Lists the drivers found, and the adapter that commands would use with its limits and features, as `lab adapters`
 * prints them.
 */
export async function adapters(): Promise<AdaptersReport> {
  const chosen = chooseVulkan();
  const adapter = await requestNodeAdapter();
  const found = vulkanCandidates();
  const position = found.findIndex(({ kind, icd }) => kind === chosen.kind && icd === chosen.icd);
  const available = found.map((choice, at) => ({ ...choice, used: at === position }));
  // A driver that the user named (VK_DRIVER_FILES) need not stand among those we know of.
  if (position < 0 && chosen.kind !== 'none') available.unshift({ ...chosen, used: true });
  return { available, kind: chosen.kind, adapter: adapter ? describeAdapter(adapter) : null };
}

/** `adapters`: lists the adapters of this machine; exit 1 where there is none. */
export default async function run(argv: readonly string[]): Promise<number> {
  new Arguments(argv, { usage: 'adapters' });
  const report = await adapters();
  printResult(report);
  return report.adapter === null ? 1 : 0;
}
