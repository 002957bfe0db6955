/**
 * Checks that a run of the page survives while nobody looks: while the computer is idle and locked, in a hidden tab, in
 * a tab that the browser froze, and while all its processes are stopped, as by a machine that sleeps. In Chromium; each
 * run must end with the fingerprint of one that was left alone.
 *
 *   npm run build && node scripts/bench.mjs away-page [SECONDS] [ASLEEP]
 *
 * SECONDS of each state, 20 unless told; ASLEEP while it is stopped, 60; writes docs/results/away-page.json.
 */
import type { CDPSession, Page } from 'playwright';
import { serve } from '../scripts/serve.mjs';
import { parseSession } from '../src/config/parse-session';
import { INTERRUPTED } from '../src/config/seconds.test-data';
import { encodeLink } from '../src/session/link';
import { plainChromium } from './driven/plain-chromium';
import { processTree } from './driven/processes';
import { writeRecord } from './record';
import { isSmall } from './small';

const SECONDS = Number(process.argv[2] ?? 20);
const ASLEEP = Number(process.argv[3] ?? 60);
const PATIENCE = 600_000;
/** Steps of stage 1: enough to last through all states. */
const STEPS = (isSmall ? 60 : 200) * SECONDS;

const session = parseSession({ ...INTERRUPTED, sft: { ...INTERRUPTED.sft, steps: STEPS }, grpo: { steps: 0 } });
const site = await serve({ folder: 'dist', port: 4440 });
const chromium = await plainChromium('away-page');
const { browser, context } = chromium;

const sleep = (seconds: number) => new Promise((resolve) => setTimeout(resolve, 1000 * seconds));
const stepOf = async (page: Page): Promise<number> =>
  Number(await page.getByRole('slider', { name: 'Step', exact: true }).getAttribute('aria-valuenow'));
const fingerprintOf = async (page: Page): Promise<string> => {
  await page.locator('.topbar .status', { hasText: 'finished' }).waitFor({ timeout: PATIENCE });
  return (await page.locator('.result-head code').getAttribute('title')) ?? '';
};

async function begin(): Promise<{ page: Page; devtools: CDPSession }> {
  const page = await context.newPage();
  await page.goto(`${site.url}#${encodeLink({ session })}`);
  await page.getByRole('main').getByRole('button', { name: 'Run', exact: true }).click();
  await page.locator('.topbar .status', { hasText: 'running' }).waitFor({ timeout: PATIENCE });
  while ((await stepOf(page)) < 5) await sleep(0.5);
  return { page, devtools: await context.newCDPSession(page) };
}

interface Phase {
  state: string;
  seconds: number;
  steps: number;
  /** The page's own view of its visibility. */
  visibility: string;
}

const alone = await begin();
const reference = await fingerprintOf(alone.page);
await alone.page.close();
process.stdout.write(`left alone: ${reference.slice(0, 12)}\n`);

const { page, devtools } = await begin();
const phases: Phase[] = [];
async function phase(state: string, seconds: number, enter: () => Promise<unknown>, leave: () => Promise<unknown>) {
  const before = await stepOf(page);
  await enter();
  await sleep(0.5);
  const visibility =
    state === 'frozen' || state === 'stopped' ? '' : await page.evaluate(() => document.visibilityState);
  await sleep(seconds);
  await leave();
  await sleep(0.5);
  const steps = (await stepOf(page)) - before;
  phases.push({ state, seconds, steps, visibility });
  process.stdout.write(`${state}: ${steps} steps in ${seconds} s ${visibility}\n`);
}
const nothing = () => Promise.resolve();

await phase('in front', SECONDS, nothing, nothing);
await phase(
  'idle and locked',
  SECONDS,
  () => devtools.send('Emulation.setIdleOverride', { isUserActive: false, isScreenUnlocked: false }),
  () => devtools.send('Emulation.clearIdleOverride'),
);
const other = await context.newPage();
await phase(
  'hidden',
  SECONDS,
  () => other.bringToFront(),
  () => page.bringToFront(),
);
await phase(
  'frozen',
  SECONDS,
  async () => {
    await other.bringToFront();
    await devtools.send('Page.setWebLifecycleState', { state: 'frozen' });
  },
  async () => {
    await devtools.send('Page.setWebLifecycleState', { state: 'active' });
    await page.bringToFront();
  },
);
const own = processTree(chromium.pid).map(({ pid }) => pid);
function tell(signal: NodeJS.Signals): Promise<void> {
  for (const pid of own) process.kill(pid, signal);
  return Promise.resolve();
}
await phase(
  'stopped',
  ASLEEP,
  () => tell('SIGSTOP'),
  () => tell('SIGCONT'),
);
const fingerprint = await fingerprintOf(page);
const interruptions = await page.getByText(/The run was interrupted/).count();
const version = browser.version();
await chromium.close();
void site.close();

const same = fingerprint === reference;
process.stdout.write(`${same ? 'the same fingerprint' : 'ANOTHER FINGERPRINT'}, ${interruptions} interruptions\n`);
const command = `node scripts/bench.mjs away-page ${SECONDS} ${ASLEEP}`;
const result = { command, browser: version, steps: STEPS, phases, processes: own.length, same, interruptions };
writeRecord('away-page', result);
process.exit(same ? 0 : 1);
