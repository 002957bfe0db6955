import { useSyncExternalStore } from 'react';
import { streams } from '../../store/streams';
import { createTicker } from '../../store/ticker';

/** The rate at which words and numbers follow a run, in ms: readable, and cheap. */
const ticker = createTicker(streams.subscribe, 250);

/** Changes a few times a second while metrics arrive. */
export const useTick = (): number => useSyncExternalStore(ticker.subscribe, ticker.beat);
