// What the benchmarks of pages share: medians, and the CPU time of a whole browser.
import { readdirSync, readFileSync } from 'node:fs';

export const round = (value) => (value === null ? null : Math.round(value * 10) / 10);

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** CPU milliseconds that `pid` and every process below it have used, or null where the system does not tell (Linux does). */
export function cpuMilliseconds(pid) {
  if (process.platform !== 'linux') return null;
  const processes = readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .flatMap((entry) => {
      try {
        const stat = readFileSync(`/proc/${entry}/stat`, 'latin1');
        // The name, in brackets, may hold spaces.
        const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
        return [{ pid: Number(entry), parent: Number(fields[1]), ticks: Number(fields[11]) + Number(fields[12]) }];
      } catch {
        return [];
      }
    });
  const family = new Set([pid]);
  for (let grown = true; grown;) {
    const before = family.size;
    for (const entry of processes) if (family.has(entry.parent)) family.add(entry.pid);
    grown = family.size > before;
  }
  // Linux counts hundredths of a second here, whatever its kernel ticks at.
  return processes.filter((entry) => family.has(entry.pid)).reduce((sum, { ticks }) => sum + ticks * 10, 0);
}

/** What `work` resolves to, and the CPU milliseconds of the browser meanwhile, null where the system does not tell. */
export async function withCpu(pid, work) {
  const before = cpuMilliseconds(pid);
  const result = await work();
  return { result, cpu: before === null ? null : cpuMilliseconds(pid) - before };
}
