import type { AdapterIdentity } from './gpu';

/** The figures of a device that a roofline needs. */
export interface DeviceFigures {
  name: string;
  /** The vendor, as WebGPU names it. */
  vendor: string;
  /**
   * Number of cores, which run workgroups side by side: Apple's cores, NVIDIA's SMs, Intel's dual subslices, Qualcomm's
   * SPs.
   */
  cores: number;
  /** 32-bit fused multiply-adds a core starts in a clock. */
  lanes: number;
  gigahertz: number;
  /** Bandwidth of memory, in 10⁹ bytes a second. */
  gigabytes: number;
  /** Bytes that one core reads from outside itself per clock. */
  coreBytes: number;
  /** Bytes that one core reads from workgroup memory per clock. */
  sharedBytes: number;
  /** Microseconds from a dispatch to the next one that waits for it. */
  launch: number;
  sources: readonly string[];
}

/**
 * Microseconds to launch a dispatch, assumed for every device because no vendor publishes it. It is the time of a
 * dispatch in a pass that is encoded ahead; where each has an encoder of its own WebGPU was measured to take 24 to 71
 * µs (arXiv 2604.02344).
 */
const LAUNCH = 5;
const ASSUMED = 'launch 5 µs: assumed';
const NVIDIA = 'an SM: 128 lanes, 128 bytes of shared memory and 64 of L2 a clock';

/** The known devices, by the name that the command line takes. Figures that are not the vendor's name their source. */
export const DEVICES = {
  m2: {
    name: 'Apple M2, 10 cores',
    vendor: 'apple',
    cores: 10,
    lanes: 128,
    gigahertz: 1.398,
    gigabytes: 100,
    coreBytes: 32,
    sharedBytes: 128,
    launch: LAUNCH,
    sources: [
      'Apple, M2 (June 2022): 3.6 TFLOPS, 100 GB/s',
      'philipturner/metal-benchmarks: clock, lanes, 32 bytes a core and clock',
      'workgroup memory 128 bytes a clock: assumed, as NVIDIA’s',
      ASSUMED,
    ],
  },
  'm4-max': {
    name: 'Apple M4 Max, 40 cores',
    vendor: 'apple',
    cores: 40,
    lanes: 128,
    gigahertz: 1.578,
    gigabytes: 546,
    coreBytes: 32,
    sharedBytes: 128,
    launch: LAUNCH,
    sources: [
      'Apple, M4 Max (October 2024): 40 cores, 546 GB/s',
      'clock of the M4 as hmc-tech.com lists it; lanes and bytes as of the M2: assumed',
      ASSUMED,
    ],
  },
  'rtx-4070': {
    name: 'NVIDIA GeForce RTX 4070',
    vendor: 'nvidia',
    cores: 46,
    lanes: 128,
    gigahertz: 2.475,
    gigabytes: 504,
    coreBytes: 64,
    sharedBytes: 128,
    launch: LAUNCH,
    sources: ['NVIDIA, Ada GPU architecture (v2.1): 5,888 cores, 2,475 MHz boost, 504 GB/s', NVIDIA, ASSUMED],
  },
  'iris-xe': {
    name: 'Intel Iris Xe, 96 EU',
    vendor: 'intel',
    cores: 6,
    lanes: 128,
    gigahertz: 1.3,
    gigabytes: 68.3,
    coreBytes: 64,
    sharedBytes: 128,
    launch: LAUNCH,
    sources: [
      'Intel, Core i7-1165G7: 96 EU, 1.3 GHz, LPDDR4x-4267 on two channels',
      'Intel, Xe-LP (Architecture Day 2020): 16 EU of 8 lanes a dual subslice, 128 bytes of workgroup memory and 64 of L3 a clock',
      ASSUMED,
    ],
  },
  'adreno-750': {
    name: 'Qualcomm Adreno 750',
    vendor: 'qualcomm',
    cores: 6,
    lanes: 256,
    gigahertz: 0.903,
    gigabytes: 76.8,
    coreBytes: 64,
    sharedBytes: 128,
    launch: LAUNCH,
    sources: [
      'Qualcomm, Snapdragon 8 Gen 3: LPDDR5x at 4,800 MHz on 64 bits',
      'cores, lanes and clock as third parties report them; bytes a clock: assumed',
      ASSUMED,
    ],
  },
  h100: {
    name: 'NVIDIA H100 SXM',
    vendor: 'nvidia',
    cores: 132,
    lanes: 128,
    gigahertz: 1.98,
    gigabytes: 3350,
    coreBytes: 64,
    sharedBytes: 128,
    launch: LAUNCH,
    sources: ['NVIDIA, H100 data sheet: 67 TFLOPS in f32 (no tensor cores), 3.35 TB/s', NVIDIA, ASSUMED],
  },
} satisfies Record<string, DeviceFigures>;

/** The device of that name. */
export const deviceNamed = (name: string): DeviceFigures | undefined =>
  Object.entries(DEVICES).find(([known]) => known === name)?.[1];

/** A usual device of an adapter's vendor; a card where that has none of these. */
export function typicalOf({ vendor }: Pick<AdapterIdentity, 'vendor'>): DeviceFigures {
  return Object.values(DEVICES).find((device) => device.vendor === vendor) ?? DEVICES['rtx-4070'];
}
