import type { Plugin } from 'esbuild';
import type { Shader } from '../src/gpu/shader';

/** The folder `shaders/`. */
export declare const shaderFolder: string;

export interface JoinedShader {
  code: string;
  /** Every line of `code` with the file and the line (from 1) that it comes from. */
  lines: { text: string; file: string; line: number }[];
  /** Paths inside shaders/, the shader's own first. */
  files: string[];
}

/** A file of shaders/ with its `#include "lib/…"` lines replaced by those files, once each. */
export declare function joinShader(file: string, read?: (path: string) => string): JoinedShader;

/**
 * The same with what its text says of uniforms, bindings and constants, whose types the caller states.
 * @throws Error for a type, a shape or a binding that it does not read, with the file's name.
 */
export declare function readShader<
  Uniforms,
  Bindings extends string,
  Constants extends string = never,
  Structs = object,
>(
  file: string,
  read?: (path: string) => string,
): { shader: Shader<Uniforms, Bindings, Constants, Structs>; files: string[] };

/** The module that an import of a shader stands for, and the files that it is made of. */
export declare function shaderModule(path: string): { code: string; files: string[] };

export declare const wgslForEsbuild: Plugin;
