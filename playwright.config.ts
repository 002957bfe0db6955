import { defineConfig } from 'playwright/test';
import { chromiumFlags, findChromium } from './scripts/chromium.mjs';

// Under a path of its own, as on a host of static files that serves more than this page.
const port = Number(process.env.E2E_PORT ?? 4390);
const url = `http://127.0.0.1:${port}/some/lab/`;
const executablePath = findChromium();
const LONGEST = '**/train.e2e.ts';

export default defineConfig({
  testDir: 'e2e',
  testMatch: '**/*.e2e.ts',
  outputDir: 'test-results',
  // Most journeys wait half of their time, for the page or for its software adapter, on one core.
  workers: 2,
  timeout: 180_000,
  // A machine that stood still for a while fails a journey that holds: it is tried once more, and listed as flaky.
  retries: 1,
  expect: { timeout: 30_000 },
  forbidOnly: true,
  reporter: [['list']],
  use: {
    baseURL: url,
    browserName: 'chromium',
    headless: true,
    screenshot: 'only-on-failure',
    // A trace holds the page after every action: a quarter of the whole time, which only somebody who looks for a fault needs.
    trace: process.env.E2E_TRACE === undefined ? 'off' : 'retain-on-failure',
    launchOptions: { args: chromiumFlags, ...(executablePath === null ? {} : { executablePath }) },
  },
  // The longest journey first, so that it is not the last one to be waited for.
  projects: [
    { name: 'longest', testMatch: LONGEST },
    { name: 'journeys', testIgnore: LONGEST },
  ],
  webServer: {
    command: `node scripts/serve.mjs --port ${port} --under /some/lab/`,
    url,
    timeout: 20_000,
    reuseExistingServer: false,
  },
});
