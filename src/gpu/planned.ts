import { Gpu, type AdapterIdentity, type Device } from './gpu';

/** The description of a GPU without an adapter. */
export const PLANNED = { vendor: '', architecture: '', description: 'planned' };

/** Nothing is bound, compiled or run; the objects that stand for it need a name and a brand. */
const nothing = (): undefined => undefined;
const never = (): never => {
  throw new Error('a planned GPU computes nothing');
};

function plannedBuffer({ label = '', size, usage }: GPUBufferDescriptor): GPUBuffer {
  const unmapped = { mapState: 'unmapped', mapAsync: never, getMappedRange: never, unmap: nothing } as const;
  return { __brand: 'GPUBuffer', label, size, usage, destroy: nothing, ...unmapped };
}

/** A device that accepts every request and returns no data. @param features that it says it has. */
export const plannedDevice = (features: Device['features'] = new Set()): Device => ({
  label: '',
  features,
  limits: { maxBufferSize: Infinity, maxStorageBufferBindingSize: Infinity },
  lost: new Promise(nothing),
  adapterInfo: {
    __brand: 'GPUAdapterInfo',
    ...PLANNED,
    device: '',
    subgroupMinSize: 4,
    subgroupMaxSize: 4,
    isFallbackAdapter: false,
  },
  queue: { writeBuffer: nothing, submit: never, onSubmittedWorkDone: never },
  addEventListener: nothing,
  removeEventListener: nothing,
  createBuffer: plannedBuffer,
  createShaderModule: ({ label = '' }) => ({ __brand: 'GPUShaderModule', label, getCompilationInfo: never }),
  createComputePipelineAsync: ({ label = '' }) =>
    Promise.resolve({
      __brand: 'GPUComputePipeline',
      label,
      getBindGroupLayout: () => ({ __brand: 'GPUBindGroupLayout', label }),
    }),
  createBindGroup: ({ label = '' }) => ({ __brand: 'GPUBindGroup', label }),
  createCommandEncoder: never,
  createQuerySet: never,
  pushErrorScope: nothing,
  popErrorScope: () => Promise.resolve(null),
  destroy: nothing,
});

/**
 * Makes a GPU that holds and computes nothing: models, steps and programs are made on it as on any other, and its
 * counters show what they would take.
 */
export const plannedGpu = (): Gpu => new Gpu(plannedDevice(), { ...PLANNED, software: false });

/** The same in the place of an adapter: what is recorded on it takes that adapter's kernels. */
export const plannedAs = (adapter: AdapterIdentity, features: Device['features']): Gpu =>
  new Gpu(plannedDevice(features), adapter);
