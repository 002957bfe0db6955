import { expose } from 'comlink';
import { GpuUnavailableError } from '../../../gpu/errors';
import { Gpu } from '../../../gpu/gpu';
import { gpuBenchmark } from '../../../training/gpu-benchmark';
import { prepareMessages } from '../wire';
import type { SpeedApi } from './api';

// The worker of the speed page: it measures this browser's adapter.

const api: SpeedApi = {
  async measure(tiny, tell) {
    // Typed as always there; browsers without WebGPU lack it.
    const offered: GPU | undefined = navigator.gpu;
    if (!offered) throw new GpuUnavailableError('This browser offers no WebGPU.');
    const gpu = await Gpu.create(await offered.requestAdapter({ powerPreference: 'high-performance' }), 'speed');
    tell({ kind: 'adapter', ...gpu.adapter });
    try {
      await gpuBenchmark(gpu, {
        tiny,
        onPart: (what, part, parts) => tell({ kind: 'begins', what, part, parts }),
        onLine: (line) => tell({ kind: 'line', line }),
      });
    } finally {
      gpu.destroy();
    }
  },
};

prepareMessages();
expose(api);
