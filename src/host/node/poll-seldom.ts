/** A wait is at most so much longer for being looked at seldom. */
const SHARE = 0.05;
/** Milliseconds of the longest sleep; other work of the process waits for it. */
const LONGEST = 5;
/** Shorter sleeps cost more than they save. */
const SHORTEST = 0.05;

const nobody = new Int32Array(new SharedArrayBuffer(4));

/**
 * Dawn in Node looks for finished work in every turn of the event loop and so keeps a core busy, which an adapter that is a
 * CPU needs itself. While somebody waits, this sleeps in each turn for a share of the time waited so far.
 * @returns what `Gpu.whileWaiting` calls.
 */
export function pollSeldom(): (isWaiting: () => boolean) => void {
  let since = 0;
  let isTurning = false;
  return (isWaiting) => {
    since = performance.now();
    const turn = (): void => {
      isTurning = isWaiting();
      if (!isTurning) return;
      const sleep = Math.min(LONGEST, SHARE * (performance.now() - since));
      if (sleep >= SHORTEST) Atomics.wait(nobody, 0, 0, sleep);
      setImmediate(turn);
    };
    // A wait that begins right after another continues in its turns.
    if (!isTurning) setImmediate(turn);
    isTurning = true;
  };
}
