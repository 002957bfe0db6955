import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from './journey';
import { besides, dropEmbedSearch, shardsAndNotes } from './measure/shards';
import { withoutGuide } from './steps';

/** An eighth of the model that `bench/page-shards.ts` streams, with a vocabulary to match. */
const MEGABYTES = 150;
const VOCABULARY = 16_384;
/** What passes through is a part of the model at a time: a whole copy of it would be above. */
const BUDGET_MB = 110;

// Playwright's own trace keeps what it sees in the page.
test.use({ trace: 'off' });
test.setTimeout(180_000);

test('a model in four shards goes through the page in parts, onto the GPU, and embeds', async ({ page }) => {
  const root = mkdtempSync(join(tmpdir(), 'shards-'));
  try {
    const folders = await shardsAndNotes(root, MEGABYTES * 1e6, VOCABULARY);
    await withoutGuide(page);
    const { before, phases } = await dropEmbedSearch(page, folders);
    const most = besides(before, phases);
    expect(Math.max(...most), JSON.stringify(phases)).toBeLessThan(BUDGET_MB);
  } finally {
    rmSync(root, { recursive: true, force: true });
  }
});
