export type VulkanKind = 'hardware' | 'lavapipe' | 'swiftshader' | 'none';

export interface VulkanChoice {
  kind: VulkanKind;
  /** Driver manifests, joined by `:`; absent where the platform chooses. */
  icd?: string;
  /** Folder to put in front of LD_LIBRARY_PATH before the process starts. */
  libraryPath?: string;
}

export declare const repositoryRoot: string;
export declare const privateVulkan: string;
export declare function vulkanCandidates(): VulkanChoice[];
export declare function chooseVulkan(environment?: NodeJS.ProcessEnv): VulkanChoice;
export declare function vulkanEnvironment(environment?: NodeJS.ProcessEnv): Record<string, string>;
