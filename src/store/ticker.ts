/** A slow signal from a fast source: at most one beat in `interval` ms, and always one after the last change. */
export interface Ticker {
  subscribe: (listener: () => void) => () => void;
  /** Changes with each beat. */
  beat: () => number;
}

export function createTicker(subscribe: (listener: () => void) => () => void, interval: number): Ticker {
  const listeners = new Set<() => void>();
  let beats = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let last = -Infinity;

  const pulse = (): void => {
    timer = undefined;
    last = performance.now();
    beats += 1;
    for (const listener of listeners) listener();
  };
  subscribe(() => {
    timer ??= setTimeout(pulse, Math.max(0, interval - (performance.now() - last)));
  });
  return {
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    beat: () => beats,
  };
}
