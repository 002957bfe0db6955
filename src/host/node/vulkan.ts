/** Chooses the Vulkan driver; shared with the plain scripts, which choose it before this process starts. */
export { chooseVulkan, vulkanCandidates } from '../../../scripts/vulkan.mjs';
export type { VulkanChoice, VulkanKind } from '../../../scripts/vulkan.mjs';
