/**
 * Checks a run of an hour in a hidden tab of Chromium: whether it keeps its pace, and is still there afterwards. The
 * page is in front for two minutes, hidden for MINUTES (60 unless told), and in front again; the work of a step is
 * measured as CPU seconds of all the browser's processes, because the clock says little on a machine that does other
 * things.
 *
 *   npm run build && node scripts/bench.mjs hidden-page [MINUTES]
 *
 * From 30 minutes on it writes docs/results/hidden-page.json and its section of docs/reliability.md.
 */
import { serve } from '../scripts/serve.mjs';
import { encodeLink } from '../src/session/link';
import { pause } from './driven/lab-page';
import { plainChromium } from './driven/plain-chromium';
import { processTree } from './driven/processes';
import { writeSection } from './driven/section';
import { MINUTE, round, soakSession } from './driven/soaked';
import { commitNow, writeRecord } from './record';
import { isSmall } from './small';

const MINUTES = Number(process.argv[2] ?? 60);
const IN_FRONT = isSmall ? 0.05 : 2;
const HEADING = '## An hour in a hidden tab';
/** Minutes of each part in which a phase is reported. */
const PART = Math.max(1, Math.round(MINUTES / 6));
const commit = commitNow();

const site = await serve({ folder: 'dist', port: 4442 });
const chromium = await plainChromium('hidden-page');
const page = await chromium.context.newPage();
// Another program may have the processor to itself for a while.
page.setDefaultTimeout(5 * MINUTE);
await page.setViewportSize({ width: 1440, height: 900 });
await page.goto(`${site.url}#${encodeLink({ session: soakSession })}`);
await page.getByRole('main').getByRole('button', { name: 'Run', exact: true }).click();
const status = page.locator('.topbar .status');
await status.filter({ hasText: 'running' }).waitFor({ timeout: 5 * MINUTE });

const steps = async (): Promise<number> =>
  Number(await page.getByRole('slider', { name: 'Step', exact: true }).getAttribute('aria-valuenow'));
const cpu = (): number => processTree(chromium.pid).reduce((total, process) => total + process.cpu, 0);
const refused = await page.getByText('This link cannot be opened').count();
if (refused > 0) throw new Error('the page was built from other sources than this script: npm run build');
while ((await steps()) < (isSmall ? 5 : 120)) await pause(1000);

interface Part {
  state: 'in front' | 'hidden';
  minutes: number;
  steps: number;
  cpu_ms_a_step: number;
}
const parts: Part[] = [];
async function watch(state: Part['state'], minutes: number): Promise<void> {
  const [before, worked] = [await steps(), cpu()];
  const visibility = await page.evaluate(() => document.visibilityState);
  if ((visibility === 'hidden') !== (state === 'hidden')) throw new Error(`the page is ${visibility}, expected it ${state}`); // prettier-ignore
  await pause(minutes * MINUTE);
  const made = (await steps()) - before;
  parts.push({ state, minutes, steps: made, cpu_ms_a_step: round((1000 * (cpu() - worked)) / made) });
  process.stdout.write(`${JSON.stringify(parts.at(-1))}\n`);
}

await watch('in front', IN_FRONT);
const other = await chromium.context.newPage();
await other.bringToFront();
for (let done = 0; done < MINUTES; done += PART) await watch('hidden', Math.min(PART, MINUTES - done));
await page.bringToFront();
await watch('in front', IN_FRONT);
const interruptions = await page.getByText(/The run was interrupted/).count();
const after = await status.textContent();
await page.getByRole('button', { name: 'Stop', exact: true }).first().click();
await status.filter({ hasText: 'stopped' }).waitFor({ timeout: 5 * MINUTE });
const stoppedAt = await steps();
const version = chromium.browser.version();
await chromium.close();
await site.close();

const isWhole = interruptions === 0 && after === 'running' && parts.every((part) => part.steps > 0);
const command = `node scripts/bench.mjs hidden-page ${MINUTES}`;
const result = { command, commit, browser: version, parts, interruptions, status: after, stopped_at: stoppedAt };
process.stdout.write(`${JSON.stringify(result)}\n`);
if (MINUTES >= 30) {
  writeRecord('hidden-page', result);
  writeSection(
    HEADING,
    [
      HEADING,
      '',
      `A run in Chromium ${version} on SwiftShader, in front of its user, then in a tab behind another one, then in front again. ${isWhole ? 'It went on all the time, was never interrupted, and stopped when it was told to' : 'It did not go on as it should'}, at step ${stoppedAt.toLocaleString('en')}. How many steps a minute has depends on what else the machine did; what a step takes of the processor does so less.`,
      '',
      '| the page is | minutes | steps | a step, of the processor |',
      '|---|---|---|---|',
      ...parts.map((part) => `| ${part.state} | ${part.minutes} | ${part.steps} | ${Math.round(part.cpu_ms_a_step)} ms |`), // prettier-ignore
      '',
      `Made by \`${command}\` at ${commit}.`,
      '',
    ].join('\n'),
  );
}
process.exit(isWhole ? 0 : 1);
