import { spawn } from 'node:child_process';

/**
 * Starts or continues a session on the command line, in processes of its own.
 * @param limit milliseconds after which it is killed, the script and the process that computes together.
 * @param sleep milliseconds after which it is stopped, as by a machine that sleeps, and for how many.
 * @returns how long it took until its end or until it was killed.
 * @throws where it fails by itself.
 */
export function runUntil(
  session: string,
  out: string,
  limit = Infinity,
  sleep: readonly [after: number, ms: number] | null = null,
): Promise<{ ms: number; isKilled: boolean }> {
  const begun = performance.now();
  const child = spawn(process.execPath, ['scripts/lab.mjs', 'run', session, '--out', out, '--resume'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own, to be killed as one.
    detached: true,
  });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said = String(text)));
  let isKilled = false;
  let isOver = false;
  const signal = (name: NodeJS.Signals): void => {
    if (child.pid !== undefined && !isOver) process.kill(-child.pid, name);
  };
  const kill = (): void => {
    isKilled = true;
    signal('SIGKILL');
  };
  if (sleep) {
    setTimeout(() => signal('SIGSTOP'), sleep[0]);
    setTimeout(() => signal('SIGCONT'), sleep[0] + sleep[1]);
  }
  const timer = limit === Infinity ? undefined : setTimeout(kill, limit);
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => {
      clearTimeout(timer);
      isOver = true;
      if (!isKilled && code !== 0) reject(new Error(`the run ended with ${code}: ${said}`));
      else resolve({ ms: performance.now() - begun, isKilled });
    });
  });
}
