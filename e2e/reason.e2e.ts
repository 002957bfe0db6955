import { allWords, kinWords } from '../src/tasks/kin/words';
import { findings } from './axe';
import { writeFolder } from './files';
import { expect, test } from './journey';
import { smallCheckpoint } from './small-checkpoint';
import { openView, status, withoutGuide } from './steps';

test.beforeEach(({ page }) => withoutGuide(page));

/** A tokenizer's words: those of Kin, as large as the page sets it up. */
const WORDS = ['<unk>', '<|embed_token|>', ...allWords(kinWords(32, 4, 8)).filter((word) => !/^<.*>$/.test(word))];

test('prompts are shown as text and as tokens while they are edited, and sessions start with them', async ({
  page,
}) => {
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto('./');
  await openView(page, 'Models');
  const files = smallCheckpoint(1, WORDS);
  const template =
    "{% for message in messages %}{{ message['content'] }}\n{% if message['role'] == 'system' %}{{ raise_exception('no system message') }}{% endif %}{% endfor %}";
  files.set('chat_template.jinja', new TextEncoder().encode(template));
  await page.getByLabel('Model folder').setInputFiles(writeFolder('small', files));
  const prompts = page.getByRole('region', { name: 'Prompts', exact: true });
  await prompts.locator('summary').press('Enter');
  const tokens = (title: string) => prompts.getByRole('list', { name: `${title}, as tokens` }).getByRole('listitem');
  await prompts.getByLabel('Query', { exact: true }).fill('law Jack');
  await expect(tokens('A query that is embedded at once')).toHaveText([
    /^law\d+$/,
    /^Jack\d+$/,
    '<|embed_token|>embeds · 1',
  ]);
  await prompts.getByLabel('Before a query').fill('mentor {text} rival');
  await expect(tokens('A query that is embedded at once')).toHaveText([
    /^mentor/,
    /^law/,
    /^Jack/,
    /^rival/,
    /embeds · 1$/,
  ]);
  await expect(prompts.getByRole('group', { name: 'A query that is embedded at once, as text' })).toHaveText(
    'mentor law Jack rival<|embed_token|>',
  );
  await prompts.getByLabel('As turns of its chat template').check();
  await prompts.getByLabel('System message').fill('law');
  await expect(prompts.getByRole('alert').first()).toContainText(
    'chat template, line 2: the template refuses it: no system message',
  );
  await prompts.getByLabel('System message').fill('');
  await expect(tokens('A query that is embedded at once')).toHaveCount(5);
  expect(await findings(page)).toEqual([]);

  await page
    .getByRole('region', { name: 'Reason', exact: true })
    .getByRole('button', { name: /^Set up/ })
    .click();
  const group = page.getByRole('button', { name: /^Prompts/ });
  if ((await group.getAttribute('aria-expanded')) === 'false') await group.click();
  await expect(page.getByRole('textbox', { name: 'Query prompt' })).toHaveValue('mentor {text} rival');
  await page.getByRole('button', { name: 'See them as text and tokens' }).click();
  const dialog = page.getByRole('dialog');
  await expect(dialog.getByRole('list', { name: 'A document, as tokens' }).getByRole('listitem').last()).toContainText(
    'embeds',
  );
  await dialog.getByLabel('Before a document').fill('war {text}');
  await expect(dialog.getByRole('list', { name: 'A document, as tokens' }).getByRole('listitem').first()).toContainText(
    'war',
  );
  await page.keyboard.press('Escape');
  await expect(page.getByRole('textbox', { name: 'Document prompt' })).toHaveValue('war {text}');
  expect(errors).toEqual([]);
});

test('a model is taught to reason in one click: stage 1, then updates of stage 2', async ({ page }) => {
  test.setTimeout(240_000);
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(error.message));
  await page.goto('./');
  await openView(page, 'Models');
  const folder = writeFolder('small', smallCheckpoint(1, WORDS));
  await page.getByLabel('Model folder').setInputFiles(folder);
  const reason = page.getByRole('region', { name: 'Reason', exact: true });

  // A model that knows nothing of the world is asked, and says so; nothing starts.
  await reason
    .getByRole('combobox', { name: /^Task/ })
    .selectOption({ label: 'World: the capital of a city’s country' });
  await reason.getByRole('button', { name: 'Reason now' }).click();
  await expect(reason.getByRole('status')).toContainText(/asked what it knows|weights go|tokenizer/);
  await expect(reason.getByRole('alert')).toContainText('knows 0 cities in 0 countries', { timeout: 60_000 });
  expect(await findings(page)).toEqual([]);

  await reason.getByRole('combobox', { name: /^Task/ }).selectOption({ label: 'Kin: a made-up world of 32 entities' });
  await reason.getByRole('button', { name: 'Reason now' }).click();
  await expect(status(page)).toHaveText('finished', { timeout: 200_000 });
  await openView(page, 'Traces');
  // Every update of stage 2 left what it sampled.
  await expect(page.getByRole('main')).toContainText('All 20 recorded');
  await openView(page, 'Models');
  const home = page.getByRole('region', { name: 'Take home' });
  await expect(home.getByRole('listitem').filter({ hasText: 'adapter of rank 8 · step 80 of 80' })).toBeVisible();
  expect(errors).toEqual([]);
});
