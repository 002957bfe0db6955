import { spawn } from 'node:child_process';

/**
 * Runs a session on the command line, in processes of its own, and goes on with what is there of it.
 *
 * @param limit milliseconds after which it is killed, the script and the process that computes together.
 * @returns how long it took until its end or until it was killed.
 * @throws where it fails by itself.
 */
export function runUntil(session: string, out: string, limit = Infinity): Promise<{ ms: number; isKilled: boolean }> {
  const begun = performance.now();
  const child = spawn(process.execPath, ['scripts/lab.mjs', 'run', session, '--out', out, '--resume'], {
    stdio: ['ignore', 'ignore', 'pipe'],
    // A group of its own, to be killed as one.
    detached: true,
  });
  let said = '';
  child.stderr.on('data', (text: Buffer) => (said = String(text)));
  let isKilled = false;
  const kill = (): void => {
    isKilled = true;
    if (child.pid !== undefined) process.kill(-child.pid, 'SIGKILL');
  };
  const timer = limit === Infinity ? undefined : setTimeout(kill, limit);
  return new Promise((resolve, reject) => {
    child.on('exit', (code) => {
      clearTimeout(timer);
      if (!isKilled && code !== 0) reject(new Error(`the run ended with ${code}: ${said}`));
      else resolve({ ms: performance.now() - begun, isKilled });
    });
  });
}
