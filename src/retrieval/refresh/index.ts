export { applyDrift, fitDrift, type Compensated } from './compensation';
export { GpuCompensation } from './gpu-compensation';
export { compensateOnCpu, Refresher } from './refresher';
export type {
  Compensate,
  Encode,
  Pairs,
  RefresherOptions,
  RefresherState,
  RefreshReport,
  RefreshStep,
} from './refresher';
export type { RefreshMetrics, RefreshQuery } from './report';
export { bestRank, dcgReward, type Relevant } from './reward';
export { oldestShare, refreshSettings, type RefreshPolicy, type RefreshSettings } from './settings';
