import { clusterRun } from '../../src/cluster/cluster-run.test-data';
import { importedFiles, readClusterRun } from '../../src/cluster/import';
import { parseProbe, writeProbe } from '../../src/tasks/world/data';
import type { Target } from './targets';

/** Files that the import from a cluster reads beside those of a run. */
const SPOILT = [
  'hand-over.json',
  'session.json',
  'done.json',
  'metrics.jsonl',
  'traces.jsonl',
  'checkpoint/config.json',
];

/** The folder that comes back from a cluster with one file of it spoilt, and the answers of a probed base. */
export async function clusterTargets(): Promise<Target[]> {
  const { task, files } = await clusterRun();
  const folder = SPOILT.map((file): Target => ({
    name: `${file}, of a cluster`,
    seeds: [files.get(file)!],
    read: async (bytes) => {
      const read = (name: string) => Promise.resolve(name === file ? bytes : (files.get(name) ?? null));
      await importedFiles(read, 'run', await readClusterRun(read, 'run'), { task }, 1_700_000_000_000);
    },
  }));
  const probe = {
    about: 'asked',
    base: { sha256: 'ab'.repeat(32), name: 'a' },
    asked: { capitals: 3, cities: 2 },
    known: { FR: ['Lyon', 'Nice'], IT: ['Turin'] },
  };
  return [
    ...folder,
    { name: 'probe.json', seeds: [writeProbe(probe)], read: (bytes) => parseProbe(bytes, 'probe.json') },
  ];
}
