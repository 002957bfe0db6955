import { create } from 'zustand';

/** The step under the pointer anywhere on the page, without choosing it; null for none. */
interface HoverState {
  step: number | null;
  /** The kind of the element under the pointer: charts share a crosshair among themselves. */
  from: 'chart' | 'elsewhere';
}

export const useHover = create<HoverState>()(() => ({ step: null, from: 'elsewhere' }));

/** @param last the newest step, which bounds `step`. */
export function pointAt(step: number, last: number, from: HoverState['from'] = 'elsewhere'): void {
  if (last < 1) return;
  const wanted = Math.min(last, Math.max(1, Math.round(step)));
  const before = useHover.getState();
  if (before.step !== wanted || before.from !== from) useHover.setState({ step: wanted, from });
}

export function pointAway(): void {
  if (useHover.getState().step !== null) useHover.setState({ step: null });
}
