/** The part of the plane in view: the point in the middle, and pixels to a unit. */
export interface Camera {
  x: number;
  y: number;
  scale: number;
}
export interface Size {
  width: number;
  height: number;
}

const CLOSEST = 200;
/** Pixels at the edges that stay empty. */
const PADDING = { side: 24, top: 20 };

/**
 * A camera with everything in view, and some room around it.
 * @param positions (N, 2), @param legend height in pixels of the legend, which lies over the bottom
 */
export function fitCamera(positions: Float32Array, { width, height }: Size, legend: number): Camera {
  let [left, right, low, high] = [Infinity, -Infinity, Infinity, -Infinity];
  for (let i = 0; i < positions.length; i += 2) {
    left = Math.min(left, positions[i]!);
    right = Math.max(right, positions[i]!);
    low = Math.min(low, positions[i + 1]!);
    high = Math.max(high, positions[i + 1]!);
  }
  if (!(right >= left)) return { x: 0, y: 0, scale: 1 };
  const roomAcross = Math.max(40, width - 2 * PADDING.side);
  const bottom = legend + PADDING.top;
  const roomDown = Math.max(40, height - PADDING.top - bottom);
  const scale = Math.min(roomAcross / Math.max(1e-6, right - left), roomDown / Math.max(1e-6, high - low));
  return { x: (left + right) / 2, y: (low + high) / 2 - legend / 2 / scale, scale };
}

/** A point of the plane in pixels from the upper left corner. */
export const toScreen = (camera: Camera, { width, height }: Size, x: number, y: number): [number, number] => [
  width / 2 + (x - camera.x) * camera.scale,
  height / 2 - (y - camera.y) * camera.scale,
];

export const toPlane = (camera: Camera, { width, height }: Size, left: number, top: number): [number, number] => [
  camera.x + (left - width / 2) / camera.scale,
  camera.y - (top - height / 2) / camera.scale,
];

export const pan = (camera: Camera, right: number, down: number): Camera => ({
  ...camera,
  x: camera.x - right / camera.scale,
  y: camera.y + down / camera.scale,
});

/**
 * Zooms by `factor`, with the point under (left, top) staying where it is.
 * @param home the camera that the limits are relative to
 */
export function zoom(camera: Camera, size: Size, factor: number, left: number, top: number, home: Camera): Camera {
  const scale = Math.min(home.scale * CLOSEST, Math.max(home.scale * 0.5, camera.scale * factor));
  const [x, y] = toPlane(camera, size, left, top);
  return { x: x - (left - size.width / 2) / scale, y: y + (top - size.height / 2) / scale, scale };
}

/** The document nearest to a point of the screen, within `reach` pixels; −1 where there is none. */
export function nearestPoint(
  positions: Float32Array,
  camera: Camera,
  size: Size,
  left: number,
  top: number,
  reach: number,
): number {
  const [x, y] = toPlane(camera, size, left, top);
  let best = -1;
  let least = (reach / camera.scale) ** 2;
  for (let i = 0; i < positions.length; i += 2) {
    const distance = (positions[i]! - x) ** 2 + (positions[i + 1]! - y) ** 2;
    if (distance > least) continue;
    least = distance;
    best = i / 2;
  }
  return best;
}

export type ArrowDirection = 'left' | 'right' | 'up' | 'down';

/** The nearest document in a direction from another, within a quarter turn of it; −1 where there is none. */
export function nearestTowards(positions: Float32Array, from: number, direction: ArrowDirection): number {
  const [dx, dy] = { left: [-1, 0], right: [1, 0], up: [0, 1], down: [0, -1] }[direction] as [number, number];
  const [x, y] = [positions[2 * from]!, positions[2 * from + 1]!];
  let best = -1;
  let least = Infinity;
  for (let i = 0; i < positions.length; i += 2) {
    const [u, v] = [positions[i]! - x, positions[i + 1]! - y];
    const along = u * dx + v * dy;
    const across = Math.abs(u * dy - v * dx);
    if (along <= 0 || across > along) continue;
    // What lies straight ahead is preferred to what lies to the side.
    const cost = along + 2 * across;
    if (cost >= least) continue;
    least = cost;
    best = i / 2;
  }
  return best;
}
