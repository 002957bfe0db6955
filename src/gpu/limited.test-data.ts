/**
 * Lets a device hold this many bytes in all. A buffer beyond them is refused as WebGPU refuses one, to the error scope around it
 * or as an uncaptured error; unlike there it is usable all the same, so that nobody may rely on its being so.
 * @param bytes asked at every buffer, so that it may change while the device is used.
 */
export function limitDevice(device: GPUDevice, bytes: () => number): void {
  const scopes: { filter: GPUErrorFilter; refused: GPUError | null }[] = [];
  let live = 0;
  const createBuffer = device.createBuffer.bind(device);
  const pushErrorScope = device.pushErrorScope.bind(device);
  const popErrorScope = device.popErrorScope.bind(device);
  device.createBuffer = (descriptor) => {
    const buffer = createBuffer(descriptor);
    const { size } = descriptor;
    live += size;
    const destroy = buffer.destroy.bind(buffer);
    let isGone = false;
    buffer.destroy = () => {
      if (!isGone) live -= size;
      isGone = true;
      destroy();
    };
    if (live > bytes()) {
      const error = new GPUOutOfMemoryError(`${live} bytes, of which ${bytes()} are there`);
      const scope = scopes.findLast(({ filter }) => filter === 'out-of-memory');
      if (scope) scope.refused ??= error;
      else device.dispatchEvent(new GPUUncapturedErrorEvent('uncapturederror', { error }));
    }
    return buffer;
  };
  device.pushErrorScope = (filter) => {
    scopes.push({ filter, refused: null });
    pushErrorScope(filter);
  };
  device.popErrorScope = async () => {
    const own = scopes.pop();
    const found = await popErrorScope();
    return found ?? own?.refused ?? null;
  };
}
