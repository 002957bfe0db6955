/** WGSL files are imported as their text; vite, vitest and the command line's bundler agree on it. */
declare module '*.wgsl' {
  const source: string;
  export default source;
}
