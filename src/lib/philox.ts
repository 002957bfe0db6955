/**
 * Philox4x32-10 (Salmon et al., 2011, "Parallel random numbers: as easy as 1, 2, 3"): counter-based, so any draw can be
 * made again from its key. `shaders/lib/philox.wgsl` gives the same integers.
 */
const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** High and low 32 bits of a 32 × 32 bit product. */
function mulHiLo(a: number, b: number): [high: number, low: number] {
  const aLow = a & 0xffff;
  const aHigh = a >>> 16;
  const bLow = b & 0xffff;
  const bHigh = b >>> 16;
  const low = aLow * bLow;
  const mid1 = aHigh * bLow + (low >>> 16);
  const mid2 = aLow * bHigh + (mid1 & 0xffff);
  const high = aHigh * bHigh + Math.floor(mid1 / 65536) + (mid2 >>> 16);
  return [high >>> 0, Math.imul(a, b) >>> 0];
}

/** Four 32-bit integers for a 128-bit counter and a 64-bit key. */
export function philox4x32(
  counter: readonly [number, number, number, number],
  key: readonly [number, number],
): [number, number, number, number] {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const [h0, l0] = mulHiLo(M0, c0);
    const [h1, l1] = mulHiLo(M1, c2);
    [c0, c1, c2, c3] = [(h1 ^ c1 ^ k0) >>> 0, l1, (h0 ^ c3 ^ k1) >>> 0, l0];
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** Names of the independent streams of one seed. New ones are added at the end: their order is part of reproducibility. */
export const STREAMS = [
  'task',
  'split',
  'init',
  'pretrain',
  'sft',
  'sample',
  'evaluation',
  'graph',
  'bootstrap',
  'grpo',
] as const;
export type Stream = (typeof STREAMS)[number];

/**
 * Draws keyed by (seed, stream, step), the index counting up. The same key gives the same draws, whatever was drawn
 * before, so a resumed run needs no saved state beyond its step.
 */
export class Random {
  private index = 0;
  private block: [number, number, number, number] = [0, 0, 0, 0];
  private readonly streamId: number;

  constructor(
    private readonly seed: number,
    stream: Stream,
    private readonly step = 0,
  ) {
    this.streamId = STREAMS.indexOf(stream);
  }

  /** An integer in [0, 2³²). */
  uint32(): number {
    const lane = this.index & 3;
    if (lane === 0) {
      this.block = philox4x32([this.index >>> 2, this.step >>> 0, 0, 0], [this.seed >>> 0, this.streamId]);
    }
    this.index++;
    return this.block[lane as 0 | 1 | 2 | 3];
  }

  /** A float in [0, 1), with 24 bits, exactly representable in f32. */
  uniform = (): number => (this.uint32() >>> 8) * 2 ** -24;

  /** An integer in [0, n). The bias is below n / 2²⁴. */
  integer(n: number): number {
    return Math.floor(this.uniform() * n);
  }

  /** A standard normal draw (Box-Muller). */
  normal(): number {
    const u = 1 - this.uniform();
    return Math.sqrt(-2 * Math.log(u)) * Math.cos(2 * Math.PI * this.uniform());
  }

  /** Fisher-Yates, in place. */
  shuffle<T>(items: T[]): T[] {
    for (let i = items.length - 1; i > 0; i--) {
      const j = this.integer(i + 1);
      [items[i], items[j]] = [items[j]!, items[i]!];
    }
    return items;
  }
}
