import { useRun } from '../../store/run';

let lock: WakeLockSentinel | null = null;
let asking = false;

const isWanted = (): boolean => {
  const run = useRun.getState();
  return (
    (run.status === 'running' || run.status === 'preparing') && !run.elsewhere && document.visibilityState === 'visible'
  );
};

/**
 * Keeps the screen on while a run goes and its page is looked at, where the browser can: a computer that dims its screen for
 * want of a hand mostly sleeps soon after, and a run stops with it. A hidden page lets the screen be. Called once.
 */
export function watchScreenLock(): void {
  // Typed as always there; some browsers lack it.
  const wakeLock: WakeLock | undefined = navigator.wakeLock;
  if (!wakeLock) return;
  const settle = async (): Promise<void> => {
    if (!isWanted()) {
      await lock?.release();
      lock = null;
      return;
    }
    if ((lock && !lock.released) || asking) return;
    asking = true;
    try {
      lock = await wakeLock.request('screen');
    } catch {
      // Not allowed now, as on a battery that is low: the run continues all the same.
    } finally {
      asking = false;
    }
    if (!isWanted()) await settle();
  };
  useRun.subscribe((state, before) => {
    if (state.status !== before.status) void settle();
  });
  document.addEventListener('visibilitychange', () => void settle());
}
