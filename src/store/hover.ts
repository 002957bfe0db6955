import { create } from 'zustand';

/** The step that somebody points at, anywhere on the page, without taking hold of it; null for none. */
interface HoverState {
  step: number | null;
  /** Charts share a crosshair among themselves. */
  from: 'chart' | 'elsewhere';
}

export const useHover = create<HoverState>()(() => ({ step: null, from: 'elsewhere' }));

/** @param last the newest step: there is nothing after it. */
export function pointAt(step: number, last: number, from: HoverState['from'] = 'elsewhere'): void {
  if (last < 1) return;
  const wanted = Math.min(last, Math.max(1, Math.round(step)));
  const before = useHover.getState();
  if (before.step !== wanted || before.from !== from) useHover.setState({ step: wanted, from });
}

export function pointAway(): void {
  if (useHover.getState().step !== null) useHover.setState({ step: null });
}
