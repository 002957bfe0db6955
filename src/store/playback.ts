import { create } from 'zustand';

/** The timeline playing through the steps. */
interface PlaybackState {
  playing: boolean;
  /** Rises with every step that it continues to. */
  passed: number;
  play: () => void;
  pause: () => void;
  /** It continues to the next step. */
  pass: () => void;
}

export const usePlayback = create<PlaybackState>()((set) => ({
  playing: false,
  passed: 0,
  play: () => set({ playing: true }),
  pause: () => set({ playing: false }),
  pass: () => set(({ passed }) => ({ passed: passed + 1 })),
}));
