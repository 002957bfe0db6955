import { readdirSync, readFileSync } from 'node:fs';

/** What Linux says of one process. */
export interface Process {
  pid: number;
  parent: number;
  /** Its command line, arguments separated by spaces. */
  command: string;
  /** Resident bytes, without those that it has given back and the system has not taken yet. */
  rss: number;
  /** Seconds of the processor until now, of all its threads and of its first. */
  cpu: number;
  mainCpu: number;
}

const PAGE = 4096;
const TICKS = 100;

/** What the system says of a process, or of one of its threads. */
function statOf(path: string): { parent: number; pages: number; cpu: number } {
  const stat = readFileSync(path, 'utf8');
  // The name, in brackets, may hold anything.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ').map(Number); // prettier-ignore
  const [parent = 0, user = 0, system = 0, pages = 0] = [1, 11, 12, 21].map((at) => fields[at]);
  return { parent, pages, cpu: (user + system) / TICKS };
}

function read(pid: number): Process | null {
  try {
    const { parent, pages, cpu } = statOf(`/proc/${pid}/stat`);
    const { cpu: mainCpu } = statOf(`/proc/${pid}/task/${pid}/stat`);
    const command = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ').trim();
    return { pid, parent, command, rss: pages * PAGE, cpu, mainCpu };
  } catch {
    return null; // It ended meanwhile.
  }
}

/** Bytes that a process marked as free (`MADV_FREE`), which count as resident until the system needs them; 0 where it has ended. */
function lazilyFreed(pid: number): number {
  try {
    const found = /^LazyFree:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, 'utf8'));
    return Number(found?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** A process and all that it started, as they are now. Linux alone. */
export function processTree(root: number): Process[] {
  const all = readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => read(Number(name)) ?? []);
  const found = all.filter(({ pid }) => pid === root);
  for (let at = 0; at < found.length; at++) {
    found.push(...all.filter(({ parent }) => parent === found[at]?.pid));
  }
  return found.map((process) => ({ ...process, rss: process.rss - lazilyFreed(process.pid) }));
}
