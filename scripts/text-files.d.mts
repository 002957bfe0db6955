import type { Plugin } from 'esbuild';

export const textForEsbuild: Plugin;
export function textModule(id: string): string | null;
