import { expect, type Page } from 'playwright/test';

/** Moves over the graph of a scripted run, for measuring what they cost. */

/** Counts the pictures that reach the canvas; before the page is opened. */
export const countPictures = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const { prototype } = CanvasRenderingContext2D;
    const pictures: number[] = [];
    Object.assign(window, { pictures });
    const put: unknown = Reflect.get(prototype, 'putImageData');
    if (typeof put !== 'function') return;
    const counted = new Proxy(put, {
      apply: (target, self, given: unknown[]): unknown => {
        pictures.push(performance.now());
        return Reflect.apply(target, self, given);
      },
    });
    Object.defineProperty(prototype, 'putImageData', { value: counted });
  });

export const picturesSoFar = (page: Page): Promise<number> =>
  page.evaluate(() => {
    const pictures: unknown = Reflect.get(window, 'pictures');
    return Array.isArray(pictures) ? pictures.length : 0;
  });

/** The newest step whose refresh the page knows. */
export const shownStep = async (page: Page): Promise<number> =>
  Number(await page.locator('.plane canvas').getAttribute('data-step'));

/** Drags the timeline's hand back and forth over some steps of a run, one move a frame or slower. */
export async function scrub(
  page: Page,
  steps: readonly [number, number],
  total: number,
  seconds: number,
): Promise<void> {
  const box = await page.getByRole('slider', { name: 'Step', exact: true }).boundingBox();
  if (!box) throw new Error('there is no timeline');
  const x = (step: number): number => box.x + (step / total) * box.width;
  const y = box.y + box.height / 2;
  await page.mouse.move(x(steps[0]), y);
  await page.mouse.down();
  const end = performance.now() + seconds * 1000;
  for (let at = 0; performance.now() < end; at++) {
    const swing = 0.5 - 0.5 * Math.cos(at / 20);
    const next = performance.now() + 16;
    await page.mouse.move(x(steps[0] + swing * (steps[1] - steps[0])), y);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
  }
  await page.mouse.up();
}

/** Moves the pointer over the picture. */
export async function hover(page: Page, seconds: number): Promise<void> {
  const box = await page.locator('.plane canvas').boundingBox();
  if (!box) throw new Error('there is no picture');
  const end = performance.now() + seconds * 1000;
  for (let at = 0; performance.now() < end; at++) {
    const next = performance.now() + 16;
    const [u, w] = [0.5 + 0.4 * Math.sin(at / 13), 0.5 + 0.4 * Math.cos(at / 17)];
    await page.mouse.move(box.x + u * box.width, box.y + w * box.height);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, next - performance.now())));
  }
}

/** Waits until the graph view has fetched refreshes up to a step. */
export async function untilShown(page: Page, step: number, patience: number): Promise<void> {
  await expect.poll(() => shownStep(page), { timeout: patience }).toBeGreaterThanOrEqual(step);
}
