// Makes the tutorial's pictures, docs/pictures/*.webp, from the built page: kin-quick is run in it, and each screen that
// the tutorial speaks of is taken. Usage: npm run build && node scripts/tutorial-pictures.mjs
import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright';
import { chromiumFlags, requireChromium } from './chromium.mjs';
import { serve } from './serve.mjs';
import { repositoryRoot } from './vulkan.mjs';

const FOLDER = join(repositoryRoot, 'docs', 'pictures');
const SIZE = { width: 1024, height: 640 };
const RUN_MS = 400_000;
/** All of them together, so that a clone stays small. */
const MOST_BYTES = 400_000;

/** The guide's card would take room from what is shown, and so would the settings, which the first picture alone has. */
const PREFERENCES = { theme: 'light', sessionOpen: false, guideOpen: false };

async function take() {
  mkdirSync(FOLDER, { recursive: true });
  const { url, close } = await serve();
  const browser = await chromium.launch({ executablePath: requireChromium(), args: chromiumFlags });
  try {
    const page = await browser.newPage({ viewport: SIZE, reducedMotion: 'reduce' });
    await page.addInitScript(
      (kept) => globalThis.localStorage.setItem('search-r3-lab', kept),
      JSON.stringify(PREFERENCES),
    );
    const desk = await browser.newPage();
    const shot = async (name) => writeFileSync(join(FOLDER, `${name}.webp`), await webp(desk, await page.screenshot()));
    const main = page.getByRole('main');
    const open = (name) => page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name }).click();

    await page.goto(url);
    await main.getByRole('button', { name: 'Run', exact: true }).waitFor();
    const session = page.getByRole('navigation', { name: 'Views' }).getByRole('button', { name: 'Session' });
    await session.click();
    await shot('start');
    await session.click();

    await main.getByRole('button', { name: 'Run', exact: true }).click();
    await page.getByRole('region', { name: 'Result', exact: true }).waitFor({ timeout: RUN_MS });
    await page
      .getByRole('button', { name: 'Dismiss' })
      .first()
      .click({ timeout: 2000 })
      .catch(() => undefined);
    await main.locator('.charts-main').evaluate((charts) => charts.scrollIntoView());
    await shot('curves');

    await open('Traces');
    await main.locator('.completion').first().waitFor();
    await main.locator('.trace-bar').evaluate((bar) => bar.scrollIntoView());
    await shot('traces');

    await open('Search');
    await main.getByRole('group', { name: 'Example queries' }).getByRole('button').first().click();
    await main.getByRole('region', { name: 'Rankings' }).waitFor();
    await main.getByRole('heading', { name: /^What it wrote/ }).evaluate((heading) => heading.scrollIntoView());
    await shot('search');
  } finally {
    await browser.close();
    close();
  }
  const bytes = readdirSync(FOLDER).reduce((sum, name) => sum + statSync(join(FOLDER, name)).size, 0);
  process.stdout.write(`${bytes.toLocaleString('en')} bytes in docs/pictures\n`);
  if (bytes > MOST_BYTES) throw new Error(`docs/pictures holds ${bytes} bytes, expected at most ${MOST_BYTES}`);
}

/** A picture as WebP, by the browser's own encoder: a third of the PNG. @param desk a page to do it on */
async function webp(desk, png) {
  const base64 = await desk.evaluate(async (bytes) => {
    const blob = await (await globalThis.fetch(`data:image/png;base64,${bytes}`)).blob();
    const picture = await globalThis.createImageBitmap(blob);
    const canvas = new globalThis.OffscreenCanvas(picture.width, picture.height);
    canvas.getContext('2d').drawImage(picture, 0, 0);
    const made = await canvas.convertToBlob({ type: 'image/webp', quality: 0.85 });
    return globalThis.btoa(String.fromCharCode(...new Uint8Array(await made.arrayBuffer())));
  }, png.toString('base64'));
  return Buffer.from(base64, 'base64');
}

await take();
