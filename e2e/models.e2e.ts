import { findings } from './axe';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { unpackedBy } from './downloaded';
import { unzipSync } from 'fflate';
import type { Locator, Page } from 'playwright/test';
import { writeFolder } from './files';
import { expect, test } from './journey';
import { smallCheckpoint } from './small-checkpoint';
import { jsonl, smallCollection } from './small-collection';
import { smallGguf } from './small-gguf';
import { drop, openView, status, withoutGuide } from './steps';

test.setTimeout(90_000);

test.beforeEach(({ page }) => withoutGuide(page));

test('a checkpoint is dropped, kept over a reload, looked at, planned and deleted', async ({ page }) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto('./');
  await openView(page, 'Models');
  const main = page.getByRole('main');
  await expect(main).toContainText('No models yet.');
  await page.getByLabel('Model folder').setInputFiles(writeFolder('small', smallCheckpoint()));

  await expect(main.getByRole('heading', { name: 'small', level: 1 })).toBeVisible();
  const facts = page.getByRole('region', { name: 'What it is' });
  await expect(facts).toContainText('qwen3, 2 layers of 32 channels, 2 heads (1 of keys and values), 17 tokens');
  await expect(facts).toContainText('64 tokens');
  await expect(facts).toContainText('WordLevel, 17 tokens');
  await expect(facts).toContainText('<|embed_token|> (token 1), the last one of every text');
  await expect(facts).toContainText('apache-2.0');
  await facts.getByText('3 lines').click();
  await expect(facts).toContainText("{{ message['content'] }}");

  const plan = page.getByRole('region', { name: 'What it takes' });
  await expect(plan.getByRole('status')).toContainText('It fits');
  const bytes = async (part: string): Promise<number> => {
    const title = await plan.getByRole('row', { name: part }).locator('.number').getAttribute('title');
    return Number(title?.replace(/\D/g, ''));
  };
  await plan.getByRole('button', { name: 'Ask the device for it' }).click();
  await expect(plan).toContainText('the device granted it');
  const before = await bytes('In all');
  await expect(plan.getByRole('row', { name: 'Adapters' })).toHaveCount(0);
  await plan.getByRole('combobox', { name: /^What for/ }).selectOption({ label: 'adapt it by LoRA of rank 8' });
  await expect(plan.getByRole('row', { name: 'Adapters' })).toBeVisible();
  expect(await bytes('Gradients and moments')).toBe(3 * (await bytes('Adapters')));
  const adapted = await bytes('In all');
  expect(adapted).not.toBe(before);
  await plan.getByRole('slider', { name: /^Batch/ }).fill('64');
  await expect.poll(() => bytes('In all')).toBeGreaterThan(adapted);
  const whole = await bytes('In all');
  await plan.getByRole('slider', { name: /^Micro-batches/ }).fill('8');
  await expect.poll(() => bytes('In all')).toBeLessThan(whole);
  expect(await findings(page)).toEqual([]);

  await page.reload();
  await openView(page, 'Models');
  const row = page.getByRole('listitem', { name: 'small' });
  await expect(row).toContainText('Hugging Face folder · qwen3');
  await expect(main).toContainText(/models \d/);
  // The same again is found by its hash.
  await drop(page, page.getByRole('region', { name: 'Open a model' }), smallCheckpoint());
  await expect(page.getByText('It was here already')).toBeVisible();
  await expect(main.getByRole('heading', { name: 'small', level: 1 })).toBeVisible();
  await page.getByRole('button', { name: 'All models' }).click();
  await expect(page.getByRole('list', { name: 'Models' }).getByRole('listitem')).toHaveCount(1);

  await row.getByRole('button', { name: 'Delete small' }).click();
  await row.getByRole('button', { name: 'Keep it' }).click();
  await row.getByRole('button', { name: 'Delete small' }).click();
  await row.getByRole('button', { name: /for good/ }).click();
  await expect(main).toContainText('No models yet.');
  const left = await page.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('search-r3-lab-models');
    const names: string[] = [];
    for await (const name of folder.keys()) names.push(name);
    return names;
  });
  expect(left).toEqual([]);
  expect(errors).toEqual([]);
});

/** Three documents, embedded by the model whose page is open. @returns the part of the page that searches them. */
async function embedNotes(page: Page): Promise<Locator> {
  const section = page.getByRole('region', { name: 'Embed and search' });
  await section.locator('input[type=file]').setInputFiles(writeFolder('notes', smallCollection()));
  await section.getByRole('button', { name: 'Embed 3 documents' }).click();
  await expect(section).toContainText(/notes: 3 documents, 32 numbers each, embedded in/);
  return section;
}

test('own documents are embedded by an opened model, searched beside BM25, and scored in Bench', async ({ page }) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto('./');
  await openView(page, 'Models');
  await page.getByLabel('Model folder').setInputFiles(writeFolder('small', smallCheckpoint()));
  const section = await embedNotes(page);

  await section.getByRole('button', { name: 'heat flow in composite slabs' }).click();
  const found = section.getByRole('region', { name: 'Found by This model' }).getByRole('listitem');
  await expect(found).toHaveCount(3);
  // A query that is a document's own text has its embedding, whatever the weights.
  await expect(found.first()).toContainText('d2');
  await expect(found.first()).toContainText('1.000');
  await expect(section.getByRole('region', { name: 'Found by BM25' }).getByRole('listitem').first()).toContainText(
    'd2',
  );
  await section
    .getByRole('searchbox')
    .or(section.getByRole('textbox', { name: 'Query to this model' }))
    .fill('wing');
  await section.getByRole('button', { name: 'Search', exact: true }).click();
  await expect(section.getByText('“wing” in')).toBeVisible();
  expect(await findings(page)).toEqual([]);

  await section.getByRole('button', { name: 'Score it in Bench' }).click();
  const collection = page.getByRole('region', { name: 'Collection notes' });
  await collection.getByRole('combobox').selectOption({ label: 'small' });
  await collection.getByRole('button', { name: 'BM25, model and fusion' }).click();
  const scores = page.getByRole('region', { name: 'Scores by system' });
  await expect(scores.getByRole('row')).toHaveCount(4, { timeout: 60_000 });
  await expect(scores).toContainText('BM25 and no reasoning');

  // It comes back at once: its embeddings were kept.
  await openView(page, 'Models');
  await section.getByRole('button', { name: 'Release the model' }).click();
  await section.getByRole('button', { name: 'Embed 3 documents' }).click();
  await expect(section).toContainText('embedded before');
  await page.getByRole('button', { name: 'Delete small' }).click();
  await page.getByRole('button', { name: /for good/ }).click();
  await expect(page.getByRole('main')).toContainText('No models yet.');
  expect(errors).toEqual([]);
});

test('a GGUF file is chosen: its blocks stay as they are, its own tokenizer cuts the texts', async ({ page }) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto('./');
  await openView(page, 'Models');
  const folder = writeFolder('gguf', [['small.gguf', smallGguf()]]);
  await page.getByLabel('GGUF file').setInputFiles(join(folder, 'small.gguf'));
  const facts = page.getByRole('region', { name: 'What it is' });
  await expect(facts).toContainText('qwen3, 2 layers of 32 channels');
  await expect(facts).toContainText('Q8_0');
  await expect(facts).toContainText('</s> (token 1)');
  const section = await embedNotes(page);
  await section.getByRole('button', { name: 'heat flow in composite slabs' }).click();
  const found = section.getByRole('region', { name: 'Found by This model' }).getByRole('listitem');
  // A query that is a document's own text has its embedding.
  await expect(found.first()).toContainText('d2');
  await expect(found.first()).toContainText('1.000');
  expect(errors).toEqual([]);
});

test('what is no model says so in a sentence, and nothing is kept', async ({ page }) => {
  await page.goto('./');
  await openView(page, 'Models');
  const note = page.getByRole('alert');
  const files = smallCheckpoint();
  const config = JSON.parse(new TextDecoder().decode(files.get('config.json'))) as object;
  const other = new TextEncoder().encode(JSON.stringify({ ...config, model_type: 'gemma2' }));
  const choose = (name: string, changed: Map<string, Uint8Array>): Promise<void> =>
    page.getByLabel('Model folder').setInputFiles(writeFolder(name, changed));
  await choose('gemma', new Map([...files, ['config.json', other]]));
  await expect(note).toContainText('Nothing was kept: gemma/config.json: model_type is "gemma2", expected');
  const weights = files.get('model.safetensors')!;
  await choose('cut', new Map([...files, ['model.safetensors', weights.slice(0, weights.length - 64)]]));
  await expect(note).toContainText('cut/model.safetensors');
  await choose('notes', new Map([['a.txt', new TextEncoder().encode('a')]]));
  await expect(note).toContainText('no config.json, expected a checkpoint in Hugging Face layout or a .gguf file');
  await expect(page.getByRole('main')).toContainText('No models yet.');
});

test('a model is adapted to own documents by LoRA, and a link without it says what is missing', async ({ page }) => {
  test.setTimeout(180_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto('./');
  await openView(page, 'Models');
  await page.getByLabel('Model folder').setInputFiles(writeFolder('small', smallCheckpoint()));
  const words = 'lift wing heat flow plate layer slab body'.split(' ');
  const rows = Array.from({ length: 10 }, (_, i) => ({
    _id: `d${i}`,
    title: `${words[i % 8]} ${words[(3 * i) % 8]}`,
    text: Array.from({ length: 40 }, (_, at) => words[(i * at + at) % 8]).join(' '),
  }));
  const embed = page.getByRole('region', { name: 'Embed and search' });
  await embed.locator('input[type=file]').setInputFiles(writeFolder('ten', [['corpus.jsonl', jsonl(rows)]]));
  await page
    .getByRole('region', { name: 'Adapt' })
    .getByRole('button', { name: 'Set up a run on 10 documents' })
    .click();
  const run = page.locator('.topbar').getByRole('button', { name: 'Run', exact: true });
  await expect(run).toBeEnabled();
  await run.click();
  await expect(status(page)).toHaveText('finished', { timeout: 120_000 });
  await openView(page, 'Search');
  await page.getByRole('textbox', { name: /query/i }).fill('heat flow');
  await page.keyboard.press('Enter');
  await expect(page.getByRole('main').getByRole('listitem').first()).toBeVisible();
  const scores = (list: Locator): Promise<number[]> =>
    list.locator('.hit-score[title]').evaluateAll((all) => all.map((one) => Number(one.getAttribute('title'))));
  const direct = page.locator('.ranking.direct').getByRole('listitem');
  const found = await scores(direct);
  expect(found.length).toBeGreaterThan(3);

  // On to a cluster: the base as it is kept here, and the adapter that training begins with.
  await openView(page, 'Runs');
  await page
    .getByRole('button', { name: /^More of / })
    .first()
    .click();
  const folder = await unpackedBy(page, 'Hand over to a cluster', test.info().outputPath('handed'));
  const about = JSON.parse(readFileSync(join(folder, 'hand-over.json'), 'utf8')) as { adapter: string };
  const handedAdapter = readFileSync(join(folder, 'adapter', 'adapter_model.safetensors'));
  expect(createHash('sha256').update(handedAdapter).digest('hex')).toBe(about.adapter);
  expect(existsSync(join(folder, 'model', 'model.safetensors'))).toBe(true);

  // Home: the adapter in PEFT's layout, and the model with it merged in.
  await openView(page, 'Models');
  const home = page.getByRole('region', { name: 'Take home' });
  const trained = home.getByRole('listitem').filter({ hasText: 'adapter of rank 8' });
  const taken = async (button: string): Promise<Map<string, Uint8Array>> => {
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      trained.getByRole('button', { name: button }).click(),
    ]);
    await expect(trained.getByText('is among your downloads')).toBeVisible();
    return new Map(Object.entries(unzipSync(readFileSync(await download.path()))));
  };
  const adapter = await taken('Take the adapter');
  const json = (files: Map<string, Uint8Array>, name: string): unknown =>
    JSON.parse(new TextDecoder().decode(files.get(name)));
  expect(json(adapter, 'adapter_config.json')).toMatchObject({
    peft_type: 'LORA',
    r: 8,
    base_model_name_or_path: 'small',
  });
  const sentence = ['modules.json', '1_Pooling/config.json', 'config_sentence_transformers.json', 'tokenizer.json', 'README.md']; // prettier-ignore
  expect([...adapter.keys()]).toEqual(expect.arrayContaining(['adapter_model.safetensors', ...sentence]));
  const whole = await taken('Take the merged model');
  expect([...whole.keys()]).toEqual(expect.arrayContaining(['config.json', 'model.safetensors', ...sentence]));
  const card = new TextDecoder().decode(whole.get('README.md'));
  for (const told of ['license: apache-2.0', '## Scores', '"rank": 8', 'SentenceTransformer('])
    expect(card).toContain(told);

  // What was taken home is opened again: it finds what the run found, by the same cosines.
  await page.getByRole('button', { name: 'All models' }).click();
  await page.getByLabel('Model folder').setInputFiles(writeFolder('home', whole));
  await expect(page.getByRole('region', { name: 'What it is' })).toContainText('qwen3, 2 layers of 32 channels');
  // A run searches documents without their titles.
  const bare = jsonl(rows.map(({ _id, text }) => ({ _id, text })));
  await embed.locator('input[type=file]').setInputFiles(writeFolder('bare', [['corpus.jsonl', bare]]));
  await embed.getByRole('button', { name: 'Embed 10 documents' }).click();
  await expect(embed).toContainText(/10 documents, 32 numbers each, embedded in/);
  const query = embed.getByRole('searchbox').or(embed.getByRole('textbox', { name: 'Query to this model' }));
  await query.fill('heat flow');
  await embed.getByRole('button', { name: 'Search', exact: true }).click();
  const again = embed.getByRole('region', { name: 'Found by This model' }).getByRole('listitem');
  await expect(again.first()).toBeVisible();
  expect((await scores(again)).length).toBeGreaterThanOrEqual(found.length);
  (await scores(again)).slice(0, found.length).forEach((score, i) => expect(score).toBeCloseTo(found[i]!, 4));
  await page.getByRole('button', { name: 'All models' }).click();

  // Without the model nobody can run it: it says so, and leads there.
  await page.getByRole('button', { name: 'Delete small' }).click();
  await page.getByRole('button', { name: /for good/ }).click();
  await openView(page, 'Run');
  await page.locator('.topbar').getByRole('button', { name: /^Run/ }).first().click();
  await expect(page.getByRole('main')).toContainText('This session starts from small');
  await page.getByRole('main').getByRole('button', { name: 'Open Models' }).click();
  await expect(page.getByRole('list', { name: 'Models' }).getByRole('listitem')).toHaveCount(1);
  expect(errors).toEqual([]);
});
