export declare const typesFile: string;
/** The contents of `src/wgsl.d.ts`. */
export declare function shaderTypes(): string;
