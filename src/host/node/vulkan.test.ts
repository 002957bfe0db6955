import { describe, expect, test } from 'vitest';
import { vulkanEnvironment } from '../../../scripts/vulkan.mjs';
import { chooseVulkan, vulkanCandidates } from './vulkan';

describe('the choice of a Vulkan driver', () => {
  test.each([
    ['/etc/vulkan/icd.d/nvidia_icd.json', 'hardware'],
    ['/usr/share/vulkan/icd.d/lvp_icd.json', 'lavapipe'],
    ['/usr/lib/chromium/vk_swiftshader_icd.json', 'swiftshader'],
  ])('respects a driver that is set: %s', (icd, kind) => {
    expect(chooseVulkan({ VK_DRIVER_FILES: icd })).toEqual({ kind, icd });
    expect(chooseVulkan({ VK_ICD_FILENAMES: icd })).toEqual({ kind, icd });
  });

  test('takes the best there is', () => {
    expect(chooseVulkan({})).toEqual(vulkanCandidates()[0] ?? { kind: 'none' });
  });

  test('LAB_ADAPTER forces a kind, over a driver that is set, and never falls back', () => {
    const found = vulkanCandidates();
    for (const kind of ['hardware', 'lavapipe', 'swiftshader'] as const) {
      const expected = found.find((candidate) => candidate.kind === kind) ?? { kind: 'none' };
      expect(chooseVulkan({ LAB_ADAPTER: kind })).toEqual(expected);
    }
    expect(chooseVulkan({ LAB_ADAPTER: 'abacus' })).toEqual({ kind: 'none' });
    const lavapipe = { LAB_ADAPTER: 'hardware', VK_DRIVER_FILES: '/usr/share/vulkan/icd.d/lvp_icd.json' };
    expect(chooseVulkan(lavapipe).kind).not.toBe('lavapipe');
  });

  test('keeps the library path that was there', () => {
    const before = { LD_LIBRARY_PATH: '/opt/before' };
    const after = vulkanEnvironment(before).LD_LIBRARY_PATH ?? before.LD_LIBRARY_PATH;
    expect(after.split(':').at(-1)).toBe('/opt/before');
  });
});
