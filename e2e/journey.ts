import { test as base } from 'playwright/test';

/** The base of all journeys: Playwright's test, which also fails where a page requests what its policy refuses. */

export { expect, type Page } from 'playwright/test';

const CONSOLE = /Content Security Policy|TrustedScript|TrustedHTML/;

export const test = base.extend<{ breaksPolicy: boolean; policy: string[] }>({
  /** Set by the journey that tries to break the policy, where a refusal is no failure. */
  breaksPolicy: [false, { option: true }],
  /** What the pages of this journey requested and were refused, as directive and address. */
  policy: [
    async ({ context, breaksPolicy }, use) => {
      const refused: string[] = [];
      // Workers have no listener of ours: what they are refused stands on the console.
      context.on('console', (message) => {
        if (CONSOLE.test(message.text())) refused.push(message.text());
      });
      await context.exposeBinding('reportRefused', (_, what: string) => refused.push(what));
      await context.addInitScript(() => {
        document.addEventListener('securitypolicyviolation', ({ effectiveDirective, blockedURI, sample }) => {
          const { reportRefused } = window as Window & { reportRefused?: (what: string) => void };
          reportRefused?.(`${effectiveDirective} ${blockedURI} ${sample}`);
        });
      });
      await use(refused);
      if (!breaksPolicy && refused.length > 0) throw new Error(`refused by the page's policy:\n${refused.join('\n')}`);
    },
    { auto: true },
  ],
});
