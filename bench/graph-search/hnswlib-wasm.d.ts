/** The types of hnswlib-wasm that the benchmark uses: its own need those of Emscripten, and lint wants no `any`. */
declare module 'hnswlib-wasm' {
  export interface HierarchicalNSW {
    initIndex(maxElements: number, m: number, efConstruction: number, randomSeed: number): void;
    addPoints(items: Float32Array[], labels: number[], replaceDeleted: boolean): void;
    addPoint(point: Float32Array, label: number, replaceDeleted: boolean): void;
    setEfSearch(ef: number): void;
    searchKnn(query: Float32Array, k: number, filter: undefined): { neighbors: number[]; distances: number[] };
    getCurrentCount(): number;
    delete(): void;
  }
  export interface HnswlibModule {
    HierarchicalNSW: new (space: 'l2' | 'ip' | 'cosine', dimension: number, autoSave: string) => HierarchicalNSW;
  }
  export function loadHnswlib(): Promise<HnswlibModule>;
}
