import { create } from 'zustand';

/** The playback of the timeline through the steps. */
interface PlaybackState {
  playing: boolean;
  /** A number that grows with every step that the playback reaches. */
  passed: number;
  play: () => void;
  pause: () => void;
  /** Moves to the next step. */
  pass: () => void;
}

/** Whether the timeline is playing, and the steps that it has passed. */
export const usePlayback = create<PlaybackState>()((set) => ({
  playing: false,
  passed: 0,
  play: () => set({ playing: true }),
  pause: () => set({ playing: false }),
  pass: () => set(({ passed }) => ({ passed: passed + 1 })),
}));
