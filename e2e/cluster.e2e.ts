import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, type Page } from './journey';
import { unpackedBy } from './downloaded';

/** From a cluster and to one, on the real engine: the folder that comes back is a run like any other. */

const view = (page: Page, name: string) => page.getByRole('navigation').getByRole('button', { name }).click();
const row = (page: Page) => page.getByRole('listitem', { name: 'Small, from a cluster' });

test('a run that a cluster trained is imported, read, searched, exported, and handed over again', async ({
  page,
}, info) => {
  const folder = info.outputPath('run');
  const made = spawnSync(process.execPath, ['e2e/cluster-run.mjs', folder], { encoding: 'utf8' });
  expect(made.stderr).toBe('');

  await page.goto('./');
  await view(page, 'Runs');
  const picker = page.getByLabel('Folder from a cluster to import');
  const done = readFileSync(join(folder, 'done.json'), 'utf8');
  writeFileSync(join(folder, 'done.json'), done.replace(/[0-9a-f]{64}/, '0'.repeat(64)));
  await picker.setInputFiles(folder);
  await expect(
    page.getByText(/Nothing was imported: run\/checkpoint: not the model that this run ended with/),
  ).toBeVisible();
  await expect(row(page)).toHaveCount(0);
  writeFileSync(join(folder, 'done.json'), done);
  await picker.setInputFiles(folder);
  await expect(row(page)).toBeVisible();

  await page.getByRole('button', { name: 'More of Small, from a cluster' }).click();
  await expect(row(page)).toContainText('On cluster, 2 processes.');
  await expect(row(page).getByText('Fork from step')).toHaveCount(0);
  const again = await unpackedBy(page, 'Hand over to a cluster', info.outputPath('again'));
  const about = JSON.parse(readFileSync(join(again, 'hand-over.json'), 'utf8')) as { step: number; session: string };
  const before = JSON.parse(readFileSync(join(folder, 'hand-over.json'), 'utf8')) as { step: number; session: string };
  expect(about.session).toBe(before.session);
  expect(about.step).toBe(2);
  for (const name of ['train.py', 'requirements.txt', 'slurm.sh', 'kubernetes.yaml', 'batches/sft.jsonl']) {
    expect(existsSync(join(again, name))).toBe(true);
  }
  const opened = await unpackedBy(page, 'Download the model', info.outputPath('model'));
  expect(readFileSync(join(opened, 'model.safetensors'))).toEqual(
    readFileSync(join(folder, 'checkpoint', 'model.safetensors')),
  );

  await page.getByRole('button', { name: 'Open Small, from a cluster' }).click();
  await expect(page.locator('.headline-text')).toContainText(/Finished: 7 steps/);
  await view(page, 'Traces');
  await expect(page.getByRole('region', { name: 'Queries' }).getByRole('listitem').first()).toBeVisible();
  await view(page, 'Graph');
  await expect(page.locator('.graph-sentence')).toContainText('without edges and without the paths of searches');

  await view(page, 'Search');
  await page.getByRole('group', { name: 'Example queries' }).getByRole('button').first().click();
  await expect(page.getByRole('region', { name: 'Rankings' })).toBeVisible();
});

/** A session that takes seconds, as it is handed over to a cluster. */
const SESSION = {
  title: 'Tried there',
  task: { entities: 8, relations: 2, topics: 2, max_depth: 2, traces_per_depth: 30 },
  model: {
    hidden_size: 16,
    intermediate_size: 32,
    num_hidden_layers: 1,
    num_attention_heads: 2,
    num_key_value_heads: 2,
  },
  pretrain: { steps: 30, batch_size: 16 },
  sft: { steps: 6, batch_size: 8, topics_per_batch: 2, mode: 'both' },
  grpo: { steps: 3, batch_size: 2, num_generations: 4, max_completion_length: 6, depth_weights: [1, 2], gate: false },
  evaluation: { every: 0, queries_per_depth: 4, final_queries_per_depth: 8, bootstrap: 20 },
  checkpoint: { every: 0 },
};

/** What `npm run test:python` made, with the packages that train.py needs. */
const python = process.env['LAB_PYTHON'] ?? join(process.cwd(), '.python/bin/python');

test('a session is handed over, trained there by train.py, and comes back to be searched, compared and exported', async ({
  page,
}, info) => {
  test.skip(!existsSync(python), 'no Python with its packages: npm run test:python makes them');
  test.setTimeout(600_000);
  const run = (program: string, args: string[], env: Record<string, string> = {}): void => {
    const { status, stderr } = spawnSync(program, args, { encoding: 'utf8', env: { ...process.env, ...env } });
    expect(status, stderr).toBe(0);
  };
  const [session, handed, zip] = ['tried.json', 'handed', 'tried.run.zip'].map((name) => info.outputPath(name));
  writeFileSync(session!, JSON.stringify(SESSION));
  run(process.execPath, ['scripts/lab.mjs', 'export', session!, '--to', 'accelerate', '--out', handed!]);
  run(python, [join(handed!, 'train.py'), '--processes', '1'], {
    ACCELERATE_USE_CPU: 'true',
    OMP_NUM_THREADS: '1',
    HF_HUB_OFFLINE: '1',
  });
  // Once as the page takes the folder in, once evaluated by the command line.
  run(process.execPath, ['scripts/lab.mjs', 'import', join(handed!, 'run'), '--out', zip!]);
  await page.goto('./');
  await view(page, 'Runs');
  const trained = page.getByRole('listitem', { name: 'Tried there, from a cluster' });
  await page.getByLabel('Folder from a cluster to import').setInputFiles(join(handed!, 'run'));
  await expect(trained).toHaveCount(1);
  await page.getByLabel('Run file to import').setInputFiles(zip!);
  await expect(trained).toHaveCount(2);

  for (const box of await page.getByRole('checkbox', { name: /^Compare/ }).all()) await box.check();
  await page.getByRole('button', { name: 'Compare 2 runs' }).click();
  await expect(page.getByText('Nothing but the seed: they are runs of one session.')).toBeVisible();
  await expect(page.getByRole('region', { name: 'Final results' })).toContainText('reasoning');
  await page.getByRole('button', { name: 'Back to the runs' }).click();

  await page.getByRole('button', { name: 'More of Tried there, from a cluster' }).first().click();
  const unpacked = await unpackedBy(page, 'Export as one file', info.outputPath('exported'));
  for (const name of ['metrics.jsonl', 'traces.jsonl', 'checkpoint/model.safetensors']) {
    expect(readFileSync(join(unpacked, name)), name).toEqual(readFileSync(join(handed!, 'run', name)));
  }

  await page.getByRole('button', { name: 'Open Tried there, from a cluster' }).first().click();
  await expect(page.locator('.headline-text')).toContainText(/Finished: 39 steps/);
  await view(page, 'Search');
  await page.getByRole('group', { name: 'Example queries' }).getByRole('button').first().click();
  await expect(page.getByRole('region', { name: 'Rankings' })).toBeVisible();
});
