/** The fields of a CycloneDX bill that our own code reads; the rest is for other programs. */
export interface Bill {
  bomFormat: 'CycloneDX';
  specVersion: string;
  metadata: { component: { 'bom-ref': string; name: string; version: string } };
  components: {
    'bom-ref': string;
    group?: string;
    name: string;
    version: string;
    scope: 'required' | 'optional';
    hashes: { alg: string; content: string }[];
    licenses?: ({ expression: string } | { license: { id: string } })[];
    purl: string;
  }[];
  dependencies: { ref: string; dependsOn?: string[] }[];
}

export declare function billOf(lock: { packages: Record<string, object> }): Bill;
export declare function bill(): string;
