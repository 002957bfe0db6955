const BUDGET_MS = 12;

const waiting = new Map<object, () => void>();
let scheduled = false;

/** Draws when there is time: a few milliseconds each frame, so that many charts never make one long task. */
export function queueDraw(owner: object, draw: () => void): void {
  waiting.set(owner, draw);
  schedule();
}

export const cancelDraw = (owner: object): boolean => waiting.delete(owner);

function schedule(): void {
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(work);
}

function work(): void {
  scheduled = false;
  const start = performance.now();
  for (const [owner, draw] of waiting) {
    waiting.delete(owner);
    draw();
    if (performance.now() - start > BUDGET_MS) break;
  }
  if (waiting.size > 0) schedule();
}
