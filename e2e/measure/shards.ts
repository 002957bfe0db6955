import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright/test';
import { wordLevelTokenizer } from '../../src/formats/word-level';
import { writeMadeUp } from '../../src/host/node/made-up-model.test-data';
import { openView } from '../steps';
import { heapOf, totalOf, type Heap } from './heap';

const WORDS = ['<unk>', '<|embed_token|>', 'lift', 'wing', 'heat', 'flow', 'plate', 'layer'];
const TEXTS = ['lift wing', 'heat flow plate', 'flow layer plate'];
const LOOK_MS = 200;

/** The memory of JavaScript during one part of the work. */
export interface Phase {
  what: string;
  seconds: number;
  /** The largest of many readings, garbage included. */
  most: Heap;
  /** At its end, after a garbage collection. */
  left: Heap;
}

/** Folders of a made-up model in four shards, and of three documents in its words. */
export async function shardsAndNotes(
  root: string,
  bytes: number,
  vocabulary?: number,
): Promise<{ model: string; notes: string }> {
  const [model, notes] = [join(root, 'made-up'), join(root, 'notes')];
  const tokenizer = wordLevelTokenizer(WORDS, '<unk>');
  await writeMadeUp(model, { bytes, tokenizer, ...(vocabulary === undefined ? {} : { vocabulary }) });
  mkdirSync(notes);
  const rows = TEXTS.map((text, i) => JSON.stringify({ _id: `d${i}`, text }));
  writeFileSync(join(notes, 'corpus.jsonl'), rows.join('\n'));
  return { model, notes };
}

/**
 * Drops the model on the page of models, embeds the notes and searches them, and reads the memory of JavaScript
 * meanwhile. Expects a browser in which nothing is kept.
 * @throws Error where the query, a document's own text, does not find that document first with a cosine of 1
 */
export async function dropEmbedSearch(
  page: Page,
  folders: { model: string; notes: string },
): Promise<{ before: Heap; phases: Phase[] }> {
  const read = await heapOf(page);
  await page.goto('./');
  await openView(page, 'Models');
  await page.getByText('No models yet.').waitFor();
  const before = await read();
  const phases: Phase[] = [];
  const phase = async (what: string, work: () => Promise<void>): Promise<void> => {
    const started = performance.now();
    let isOver = false;
    let most = await read(false);
    const looking = (async () => {
      while (!isOver) {
        const now = await read(false);
        if (totalOf(now) > totalOf(most)) most = now;
        await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
      }
    })();
    try {
      await work();
    } finally {
      isOver = true;
      await looking;
    }
    phases.push({ what, seconds: (performance.now() - started) / 1e3, most, left: await read() });
  };
  await phase('Dropped: copied into storage and hashed, the card read', async () => {
    await page.getByLabel('Model folder').setInputFiles(folders.model);
    await page.getByRole('region', { name: 'What it is' }).waitFor();
  });
  const section = page.getByRole('region', { name: 'Embed and search' });
  await section.locator('input[type=file]').setInputFiles(folders.notes);
  const embed = section.getByRole('button', { name: `Embed ${TEXTS.length} documents` });
  await embed.waitFor();
  await phase('Onto the GPU, three documents embedded', async () => {
    await embed.click();
    await section.getByText(/3 documents, 1,?024 numbers each, embedded in/).waitFor();
  });
  const first = section.getByRole('region', { name: 'Found by This model' }).getByRole('listitem').first();
  await phase('A query searched', async () => {
    const query = section.getByRole('textbox', { name: 'Query to this model' }).or(section.getByRole('searchbox'));
    await query.fill('heat flow plate');
    await section.getByRole('button', { name: 'Search', exact: true }).click();
    await first.waitFor();
  });
  const found = (await first.textContent()) ?? '';
  // A query that is a document's own text has its embedding.
  if (!found.includes('d1') || !found.includes('1.000')) throw new Error(`found first: ${found}`);
  return { before, phases };
}

/** Megabytes of JavaScript at the most, above what the page held before. */
export const besides = (before: Heap, phases: readonly Phase[]): number[] =>
  phases.map(({ most }) => totalOf(most) - totalOf(before));
