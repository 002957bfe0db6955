import { create } from 'zustand';

/** The range of steps that every chart shows; null for the whole run. */
export const useZoom = create<{ steps: readonly [from: number, to: number] | null }>()(() => ({ steps: null }));

/** Zooms to the steps between two, in either order; a range too narrow to show anything is ignored. */
export function zoomTo(a: number, b: number): void {
  const [from, to] = [Math.min(a, b), Math.max(a, b)].map(Math.round) as [number, number];
  if (to - from >= 2) useZoom.setState({ steps: [from, to] });
}

export const resetZoom = (): void => useZoom.setState({ steps: null });
