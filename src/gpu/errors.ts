import { CodedError } from '../lib/errors';

/** Why there is no GPU to work with; the message can be shown to the user. */
export class GpuUnavailableError extends CodedError {
  override name = 'GpuUnavailableError';
  constructor(message: string) {
    super(message, 'no-webgpu');
  }
}

/** The browser or Dawn refused something we asked for: always a defect of ours. `operation` names the call. */
export class GpuValidationError extends Error {
  override name = 'GpuValidationError';
  constructor(
    readonly operation: string,
    message: string,
  ) {
    super(`${operation}: ${message}`);
  }
}

export class GpuOutOfMemoryError extends CodedError {
  override name = 'GpuOutOfMemoryError';
  constructor(message: string) {
    super(message, 'out-of-memory');
  }
}

/** The device is gone (driver crash, sleep, eviction). A run continues from its last checkpoint on a new one. */
export class DeviceLostError extends CodedError {
  override name = 'DeviceLostError';
  constructor(message: string) {
    super(message, 'device-lost');
  }
}
