/** The most by which sleeping may lengthen a wait, as a share of it. */
const SHARE = 0.05;
/** The longest sleep in milliseconds, for which other work of the process waits. */
const LONGEST = 5;
/** The shortest sleep in milliseconds; shorter ones cost more than they save. */
const SHORTEST = 0.05;

const nobody = new Int32Array(new SharedArrayBuffer(4));

/**
 * Makes Dawn in Node poll less often: it checks for finished work in every turn of the event loop and so keeps a core
 * busy, which an adapter that is a CPU needs itself. While a result is awaited, this sleeps in each turn for a share of
 * the time waited so far.
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
