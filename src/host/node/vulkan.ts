/** The driver choice is shared with the plain scripts, which make it before this process starts. */
export { chooseVulkan, vulkanCandidates } from '../../../scripts/vulkan.mjs';
export type { VulkanChoice, VulkanKind } from '../../../scripts/vulkan.mjs';
