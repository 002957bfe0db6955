import { create } from 'zustand';

/** The timeline playing through the steps. */
interface PlaybackState {
  playing: boolean;
  /** Rises with every step that it goes on to. */
  passed: number;
}

export const usePlayback = create<PlaybackState>()(() => ({ playing: false, passed: 0 }));
