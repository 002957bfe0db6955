/** The target of a picture's frames. */
export interface Surface {
  readonly format: GPUTextureFormat;
  readonly samples: number;
  resize: (width: number, height: number) => void;
  /** The texture to draw the next frame into; null while an earlier one is still on its way. */
  begin: () => GPUTexture | null;
  /** Brings what was drawn to the canvas, after `encoder`'s commands. @param done called once another can begin */
  end: (encoder: GPUCommandEncoder, done: () => void) => void;
  destroy: () => void;
}

/** The canvas takes the GPU's own textures. */
function presented(device: GPUDevice, canvas: HTMLCanvasElement): Surface | null {
  const context = canvas.getContext('webgpu');
  if (!context) return null;
  const format = navigator.gpu.getPreferredCanvasFormat();
  context.configure({ device, format, alphaMode: 'opaque' });
  return {
    format,
    samples: 4,
    resize: (width, height) => {
      canvas.width = width;
      canvas.height = height;
    },
    begin: () => context.getCurrentTexture(),
    end: (encoder, done) => {
      device.queue.submit([encoder.finish()]);
      done();
    },
    destroy: () => context.unconfigure(),
  };
}

/** Frames are read back and put on the canvas: a browser whose page is drawn by the CPU has no other way. */
function copied(device: GPUDevice, canvas: HTMLCanvasElement): Surface | null {
  const context = canvas.getContext('2d', { alpha: false });
  if (!context) return null;
  let texture: GPUTexture | null = null;
  let buffer: GPUBuffer | null = null;
  let isBusy = false;
  let isGone = false;
  const release = (): void => {
    texture?.destroy();
    buffer?.destroy();
    texture = null;
    buffer = null;
  };
  const show = (from: GPUBuffer, width: number, height: number): void => {
    const rowBytes = paddedRow(width);
    const pixels = new Uint8ClampedArray(from.getMappedRange());
    const image = context.createImageData(width, height);
    for (let row = 0; row < height; row++) {
      image.data.set(pixels.subarray(row * rowBytes, row * rowBytes + 4 * width), 4 * row * width);
    }
    // A resized canvas is cleared: only together with a new picture.
    if (canvas.width !== width) canvas.width = width;
    if (canvas.height !== height) canvas.height = height;
    context.putImageData(image, 0, 0);
  };
  let wanted = { width: 1, height: 1 };
  return {
    format: 'rgba8unorm',
    samples: 1,
    resize: (width, height) => {
      wanted = { width, height };
    },
    begin: () => {
      if (isBusy) return null;
      const { width, height } = wanted;
      if (texture?.width !== width || texture.height !== height) {
        release();
        const usage = GPUTextureUsage.RENDER_ATTACHMENT | GPUTextureUsage.COPY_SRC;
        texture = device.createTexture({ size: [width, height], format: 'rgba8unorm', usage });
        const size = paddedRow(width) * height;
        buffer = device.createBuffer({ size, usage: GPUBufferUsage.COPY_DST | GPUBufferUsage.MAP_READ });
      }
      return texture;
    },
    end: (encoder, done) => {
      if (!texture || !buffer) return;
      const { width, height } = texture;
      const into = buffer;
      encoder.copyTextureToBuffer({ texture }, { buffer: into, bytesPerRow: paddedRow(width) }, [width, height]);
      device.queue.submit([encoder.finish()]);
      isBusy = true;
      into.mapAsync(GPUMapMode.READ).then(
        () => {
          isBusy = false;
          if (isGone) return;
          show(into, width, height);
          into.unmap();
          done();
        },
        // The device was lost or the view left, so the frame is not needed.
        () => (isBusy = false),
      );
    },
    destroy: () => {
      isGone = true;
      release();
    },
  };
}

/** A copied row begins at a multiple of 256 bytes. */
const paddedRow = (width: number): number => Math.ceil((4 * width) / 256) * 256;

/** @param software the adapter is the CPU, which cannot present: the browser would lose its GPU process over it */
export const createSurface = (device: GPUDevice, canvas: HTMLCanvasElement, software: boolean): Surface | null =>
  software ? copied(device, canvas) : presented(device, canvas);
