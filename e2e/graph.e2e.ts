import { findingsInBothThemes } from './axe';
import { expect, test, type Page } from './journey';
import { secondsSession } from '../src/config/seconds.test-data';
import { withStandIn } from './stand-in/install';
import { linkOf } from './link-of';
import { startRun, status, viewButton, withoutGuide } from './steps';

const SMALL = secondsSession({ grpo: { steps: 5 }, environment: { budget: 0.2 }, checkpoint: { every: 4 } });

const canvas = (page: Page) => page.locator('.plane canvas');
const sentence = (page: Page) => page.locator('.graph-sentence');

async function runAndOpenGraph(page: Page, link: string, patience = 60_000): Promise<void> {
  await page.goto(`./${link}`);
  await startRun(page);
  await expect(status(page)).toHaveText('finished', { timeout: patience });
  await viewButton(page, 'Graph').click();
}

interface Drawn {
  step: number;
  edges: number;
  added: number;
  removed: number;
  reencoded: number;
}

/** The contents of the picture's buffers, once they hold this step. */
async function drawnAt(page: Page, step: number): Promise<Drawn> {
  await expect(canvas(page)).toHaveAttribute('data-step', String(step));
  const data = await canvas(page).evaluate((element) => Object.entries(element.dataset));
  const numbers = new Map(data.map(([name, value]) => [name, Number(value)]));
  const read = (name: string): number => numbers.get(name) ?? NaN;
  return {
    step: read('step'),
    edges: read('edges'),
    added: read('added'),
    removed: read('removed'),
    reencoded: read('reencoded'),
  };
}

/** Walks back through every refresh: what is drawn is what the record counts, and each step's edges follow from the last's. */
async function holdDrawnAgainstRecords(page: Page, first: number, last: number): Promise<void> {
  await page.getByRole('main').focus();
  let later: Drawn | null = null;
  for (let step = last; step >= first; step--) {
    const drawn = await drawnAt(page, step);
    expect(drawn.edges).toBeGreaterThan(0);
    if (step === first) {
      await expect(sentence(page)).toContainText(`The graph that stage 2 begins with`);
      await expect(sentence(page)).toContainText(`${drawn.edges.toLocaleString('en')} edges`);
      expect([drawn.added, drawn.removed, drawn.reencoded]).toEqual([0, 0, 0]);
    } else if (drawn.reencoded > 0) {
      const said = (await sentence(page).textContent()) ?? '';
      expect(said).toContain(`Step ${step} re-encoded ${drawn.reencoded} document`);
      expect(said).toContain(`added ${drawn.added} edge`);
      expect(said).toContain(`removed ${drawn.removed} edge`);
    }
    if (later) expect(later.edges).toBe(drawn.edges + later.added - later.removed);
    later = drawn;
    await page.keyboard.press('ArrowLeft');
  }
}

test('without a stage 2 the graph says what to do, in one click', async ({ page }) => {
  await withStandIn(page);
  await page.goto('./');
  await viewButton(page, 'Graph').click();
  await expect(page.getByRole('heading', { level: 1 })).toHaveText('Documents in a plane');
  await expect(page.getByText('What an update does to a graph of documents is seen in stage 2')).toBeVisible();
  await page.getByRole('button', { name: 'Load Kin, with reinforcement' }).click();
  await expect(page.getByLabel('Cost of this session')).toContainText('1,');
  await viewButton(page, 'Graph').click();
  await expect(page.getByText('This session has a stage 2')).toBeVisible();
});

test('the graph shows what a step did: drawn as recorded, phase by phase, to every document', async ({ page }) => {
  await withStandIn(page);
  await runAndOpenGraph(page, linkOf(SMALL));
  await expect(sentence(page)).toContainText('Step 11 re-encoded');
  await holdDrawnAgainstRecords(page, 6, 11);

  // The timeline's keys and its play button move the picture.
  await page.getByRole('slider', { name: 'Step', exact: true }).focus();
  await page.keyboard.press('End');
  await drawnAt(page, 11);
  await page.keyboard.press('ArrowLeft');
  await page.keyboard.press('ArrowLeft');
  await drawnAt(page, 9);
  await page.getByRole('button', { name: 'Replay the run, step by step' }).click();
  await drawnAt(page, 11);

  // Phases by key, and played to the end.
  const phase = page.getByRole('slider', { name: 'Phase of the refresh' });
  await phase.focus();
  await page.keyboard.press('Home');
  await expect(phase).toHaveAttribute('aria-valuetext', /Search/);
  for (const name of ['Re-encode', 'Compensate', 'Re-link', 'Search again', 'Score']) {
    await page.keyboard.press('PageUp');
    await expect(phase).toHaveAttribute('aria-valuetext', new RegExp(name));
  }
  await page.getByRole('button', { name: 'Show this refresh' }).first().click();
  await expect(phase).toHaveAttribute('aria-valuetext', 'All done', { timeout: 30_000 });
  await expect(page.getByRole('list', { name: 'Documents', exact: true })).toContainText('re-encoded');

  // Another search, another path.
  const searches = page.getByRole('list', { name: 'Searches of the step' }).getByRole('button');
  await searches.nth(1).click();
  await expect(searches.nth(1)).toHaveAttribute('aria-pressed', 'true');
  await expect(canvas(page)).not.toHaveAttribute('data-hops', '0');

  // From the picture by keyboard to a card, from there to a neighbour, and from the list.
  await canvas(page).focus();
  await page.keyboard.press('ArrowRight');
  const card = page.getByRole('complementary', { name: 'Inspector' });
  await expect(card).toContainText('In the graph at step 11');
  const title = card.getByRole('heading', { name: /^Document / });
  const first = await title.textContent();
  await card.getByRole('list').getByRole('button').first().click();
  await expect(title).not.toHaveText(first ?? '');
  await page.getByRole('button', { name: 'Documents', exact: true }).click();
  const rows = page.getByRole('list', { name: /documents$/ }).getByRole('button');
  const word = ((await rows.nth(3).locator('.row-text').textContent()) ?? '').split(' ')[0] ?? '';
  await page.getByRole('searchbox', { name: 'Find documents' }).fill(word);
  await expect(rows.first()).toContainText(word);
  await rows.first().press('ArrowDown');
  await page.keyboard.press('Enter');
  await expect(card).toContainText('neighbour');

  for (const mode of ['Age', 'Drift', 'Reward', 'Topic']) {
    await page.getByRole('group', { name: 'Colour by' }).getByRole('button', { name: mode }).click();
    await expect(page.locator('.plane-legend')).toBeVisible();
  }
});

test('where the picture cannot be drawn a sentence says so, and the lists still work', async ({ page }) => {
  await withStandIn(page);
  await page.addInitScript(() => {
    // The page has WebGPU, but no adapter to draw with.
    Object.defineProperty(GPU.prototype, 'requestAdapter', { value: () => Promise.resolve(null) });
  });
  await runAndOpenGraph(page, linkOf(SMALL));
  await expect(page.getByText('The picture cannot be drawn here')).toBeVisible();
  await expect(page.getByRole('list', { name: 'Searches of the step' }).getByRole('button').first()).toBeVisible();
});

for (const width of [1440, 1024, 390]) {
  test(`axe finds nothing on the graph at ${width} px, in either theme`, async ({ page }) => {
    await page.emulateMedia({ reducedMotion: 'reduce' });
    await page.setViewportSize({ width, height: 900 });
    await withStandIn(page);
    await withoutGuide(page);
    const found: string[] = [];
    const look = async (name: string): Promise<void> => {
      found.push(...(await findingsInBothThemes(page)).map((finding) => `${name}: ${finding}`));
      await page.screenshot({ path: test.info().outputPath(`graph-${name}-${width}.png`) });
    };
    await page.goto('./');
    await viewButton(page, 'Graph').click();
    // The view itself, not the line that says it is loading.
    await expect(page.getByRole('heading', { level: 1 })).toHaveText('Documents in a plane');
    await expect(page.getByText('What an update does to a graph of documents is seen in stage 2')).toBeVisible();
    await look('empty');
    await page.goto('about:blank');
    await runAndOpenGraph(page, linkOf(SMALL));
    await drawnAt(page, 11);
    await look('searches');
    await page.getByRole('button', { name: 'Documents', exact: true }).click();
    await page.getByRole('group', { name: 'Colour by' }).getByRole('button', { name: 'Age' }).click();
    await canvas(page).press('ArrowRight');
    await expect(page.getByRole('complementary', { name: 'Inspector' })).toBeVisible();
    await look('document');
    expect(found).toEqual([]);
  });
}

test('the engine’s own refreshes are drawn as they were recorded', async ({ page }) => {
  test.setTimeout(400_000);
  await runAndOpenGraph(page, linkOf(SMALL), 350_000);
  await holdDrawnAgainstRecords(page, 6, 11);
});
