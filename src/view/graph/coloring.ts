import type { ReplayedGraph } from './history';

export type ColorMode = 'topic' | 'age' | 'drift' | 'reward';

/** The ways to colour the documents in the picture of the graph. */
export const COLOR_MODES: readonly { id: ColorMode; label: string; meaning: string }[] = [
  { id: 'topic', label: 'Topic', meaning: 'The group that the task puts a document in.' },
  { id: 'age', label: 'Age', meaning: 'Steps since the document was encoded.' },
  { id: 'drift', label: 'Drift', meaning: 'How far it had moved, 1 − cosine, when it was last encoded.' },
  { id: 'reward', label: 'Reward', meaning: '1 / log2(1 + rank), mean of the searches that last wanted it.' },
];

export type Rgb = readonly [red: number, green: number, blue: number];

/**
 * Eight colours of topics that stay different with any colour vision, found by a search and held by a test; more topics
 * repeat them.
 */
const HUES: Readonly<Record<'light' | 'dark', readonly string[]>> = {
  light: ['#3a7d8d', '#a72056', '#5a8519', '#2d2dd7', '#9c9554', '#5a1985', '#105110', '#d72dd7'],
  dark: ['#a5eeee', '#d9867d', '#4f5ede', '#a4d72d', '#dd83e7', '#617416', '#d1eb94', '#c92698'],
};
/** The colours of a ramp from little to much, which differ in lightness alone (after cividis). */
const RAMPS: Readonly<Record<'light' | 'dark', readonly string[]>> = {
  light: ['#c9bd82', '#a39a72', '#7c7b78', '#4c5a6f', '#00305f'],
  dark: ['#3b4f74', '#666b76', '#918c78', '#c2b16c', '#fee838'],
};
const UNKNOWN: Readonly<Record<'light' | 'dark', string>> = { light: '#b9bec7', dark: '#4a515d' };

const channel = (hex: string, at: number): number => Number.parseInt(hex.slice(at, at + 2), 16);
export const parseHex = (hex: string): Rgb => [channel(hex, 1), channel(hex, 3), channel(hex, 5)];

export const topicColor = (topic: number, theme: 'light' | 'dark'): string => HUES[theme][topic % HUES[theme].length]!;
export const unknownColor = (theme: 'light' | 'dark'): string => UNKNOWN[theme];

/** A colour of the ramp. @param share 0 … 1, little to much */
export function rampColor(share: number, theme: 'light' | 'dark'): string {
  const stops = RAMPS[theme];
  const place = Math.min(1, Math.max(0, share)) * (stops.length - 1);
  const low = Math.min(stops.length - 2, Math.floor(place));
  const [a, b] = [parseHex(stops[low]!), parseHex(stops[low + 1]!)];
  const mixed = a.map((x, i) => Math.round(x + (place - low) * (b[i]! - x)));
  return `#${mixed.map((x) => x.toString(16).padStart(2, '0')).join('')}`;
}

export interface Coloring {
  /** The colour (rgba8) of each document, (N). */
  colors: Uint32Array<ArrayBuffer>;
  /** The largest value of the ramp; 0 for topics. */
  top: number;
}

/** @param topics the topic of each document, (N) */
export function colorDocuments(
  mode: ColorMode,
  state: ReplayedGraph,
  topics: ArrayLike<number>,
  theme: 'light' | 'dark',
): Coloring {
  const documents = state.counts.length;
  const colors = new Uint32Array(documents);
  if (mode === 'topic') {
    const palette = HUES[theme].map(packed);
    for (let i = 0; i < documents; i++) colors[i] = palette[topics[i]! % palette.length]!;
    return { colors, top: 0 };
  }
  const values = valuesOf(mode, state);
  let top = mode === 'reward' ? 1 : 0;
  for (let i = 0; i < documents; i++) top = Math.max(top, values[i]!);
  const ramp = Array.from({ length: 256 }, (_, i) => packed(rampColor(i / 255, theme)));
  const unknown = packed(UNKNOWN[theme]);
  for (let i = 0; i < documents; i++) {
    const value = values[i]!;
    // Fresh documents stand out, not stale ones.
    const share = top > 0 ? (mode === 'age' ? 1 - value / top : value / top) : mode === 'age' ? 1 : 0;
    colors[i] = value < 0 ? unknown : ramp[Math.round(share * 255)]!;
  }
  return { colors, top };
}

/** The value of each document that a colour mode shows, (N); negative where it is not known. */
export function valuesOf(mode: Exclude<ColorMode, 'topic'>, state: ReplayedGraph): ArrayLike<number> {
  if (mode === 'drift') return state.drift;
  if (mode === 'reward') return state.reward;
  return state.encodedAt.map((step) => state.step - step);
}

/** A colour as one 32-bit word, as the shader unpacks it: red in the lowest byte. */
function packed(hex: string): number {
  const [red, green, blue] = parseHex(hex);
  return (red | (green << 8) | (blue << 16) | (255 << 24)) >>> 0;
}
