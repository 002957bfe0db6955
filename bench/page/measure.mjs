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

/**
 * Has a page's benchmark do something once, which compiles, then some more times in a row, and close.
 * @param call the name of what it does. @returns the first one's milliseconds, and the later ones' with their CPU time
 * @throws what the benchmark found wrong
 */
export async function firstThenMore({ page, pid, say }, call, count) {
  const run = (times) => page.evaluate(([name, n]) => globalThis.bench[name](n), [call, times]);
  const [first] = await run(1);
  const { result: walls, cpu } = await withCpu(pid, () => run(count));
  say(`  ${walls.map((wall) => wall.toFixed(0)).join(', ')} ms after ${first.toFixed(0)}, ${cpu} ms of CPU in all`);
  const wrong = await page.evaluate(() => globalThis.bench.close());
  if (wrong !== null) throw new Error(wrong);
  const figures = { first_ms: round(first), median_ms: round(median(walls)), cpu_ms: cpu === null ? null : round(cpu / count) }; // prettier-ignore
  return { figures, walls: walls.map(round) };
}
