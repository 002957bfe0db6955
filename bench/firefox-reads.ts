/**
 * Measures how long it takes in Firefox to read a result back, with the queue nudged meanwhile as `Gpu` does it, and
 * without.
 *
 *   npm run build && node scripts/bench.mjs firefox-reads
 */
import { execFileSync } from 'node:child_process';
import puppeteer from 'puppeteer-core';
import { firefoxLaunch } from '../scripts/firefox.mjs';
import { serve } from '../scripts/serve.mjs';

const site = await serve({ folder: 'dist', port: 4450 });
const browser = await puppeteer.launch(firefoxLaunch());
const page = await browser.newPage();
await page.goto(site.url);
const milliseconds = await page.evaluate(async () => {
  const READS = 40;
  const adapter = await navigator.gpu.requestAdapter();
  const device = await adapter?.requestDevice();
  if (!device) throw new Error('no device');
  const { STORAGE, COPY_SRC, COPY_DST, MAP_READ } = GPUBufferUsage;
  const source = device.createBuffer({ size: 1024, usage: STORAGE | COPY_SRC });
  const read = async (nudges: boolean): Promise<number> => {
    const staging = device.createBuffer({ size: 1024, usage: MAP_READ | COPY_DST });
    const encoder = device.createCommandEncoder();
    encoder.copyBufferToBuffer(source, 0, staging, 0, 1024);
    device.queue.submit([encoder.finish()]);
    const began = performance.now();
    let isOver = false;
    const nudge = (): void => {
      if (isOver) return;
      device.queue.submit([]);
      setTimeout(nudge, 1);
    };
    const mapped = staging.mapAsync(GPUMapMode.READ);
    if (nudges) nudge();
    await mapped;
    isOver = true;
    staging.destroy();
    return performance.now() - began;
  };
  const taken: Record<'left alone' | 'nudged', number[]> = { 'left alone': [], nudged: [] };
  // In turns, so that both meet the same machine.
  for (let i = 0; i < READS; i++) {
    taken['left alone'].push(await read(false));
    taken.nudged.push(await read(true));
  }
  const mean = (values: number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  return { 'left alone': mean(taken['left alone']), nudged: mean(taken.nudged) };
});
await browser.close();
await site.close();
const version = execFileSync(firefoxLaunch().executablePath ?? 'firefox', ['--version'], { encoding: 'utf8' }).trim();
process.stdout.write(`${JSON.stringify({ browser: version, mean_milliseconds_of_a_read: milliseconds })}\n`);
process.exit(0);
