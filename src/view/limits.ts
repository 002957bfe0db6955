import { formatBytes } from './format';

export interface LimitRow {
  name: string;
  label: string;
  value: string;
  meaning: string;
}

/** The limits that matter most to the lab, in order, with their meaning. */
const KNOWN: readonly (readonly [name: string, label: string, meaning: string])[] = [
  ['maxBufferSize', 'Largest buffer', 'The most that is allocated in one piece; a device has room for several.'],
  [
    'maxStorageBufferBindingSize',
    'Largest binding',
    'The most that one kernel sees of a buffer; larger tensors are read in blocks.',
  ],
  ['maxStorageBuffersPerShaderStage', 'Buffers a kernel', 'That one kernel reads and writes; the lab needs 8.'],
  ['maxComputeInvocationsPerWorkgroup', 'Threads a workgroup', 'That share memory; the lab needs 256.'],
  ['maxComputeWorkgroupStorageSize', 'Memory of a workgroup', 'That its threads share; the lab needs 16 kB.'],
  ['maxComputeWorkgroupsPerDimension', 'Workgroups a dispatch', 'In one dimension; larger grids are folded.'],
];

/** Matches limits of drawing, which the lab does not need. */
const PICTURES = /texture|sample|vertex|color|interstage|bindgroup/i;

const inBytes = (name: string): boolean => /Size$|StorageSize$/.test(name) && !/WorkgroupSize[XYZ]?$/.test(name);
const valueOf = (name: string, value: number): string =>
  inBytes(name) && value >= 4096 ? formatBytes(value) : value.toLocaleString('en');

/** The limits of an adapter as rows: those that matter with their meaning, and the others of computing. */
export function limitRows(limits: Readonly<Record<string, number>>): { main: LimitRow[]; others: LimitRow[] } {
  const main = KNOWN.flatMap(([name, label, meaning]) => {
    const value = limits[name];
    return value === undefined ? [] : [{ name, label, meaning, value: valueOf(name, value) }];
  });
  const known = new Set(main.map(({ name }) => name));
  const others = Object.entries(limits)
    .filter(([name]) => !known.has(name) && !PICTURES.test(name))
    .map(([name, value]) => ({ name, label: name, meaning: '', value: valueOf(name, value) }));
  return { main, others };
}
