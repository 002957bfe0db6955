import type { Browser } from 'puppeteer-core';
import * as v from 'valibot';

/** The argument with which a driver may control Firefox itself and not only its pages. */
export const FIREFOX_ITSELF = '--remote-allow-system-access';

/**
 * Frees memory as the button "Minimize memory usage" of about:memory does, in this process and its children, with their
 * workers.
 */
const MINIMIZE = `new Promise((done) => {
  Services.obs.notifyObservers(null, 'child-mmu-request');
  Cc['@mozilla.org/memory-reporter-manager;1'].getService(Ci.nsIMemoryReporterManager).minimizeMemoryUsage(() => done(0));
})`;

const treeSchema = v.object({ result: v.object({ contexts: v.tupleWithRest([v.object({ context: v.string() })], v.unknown()) }) }); // prettier-ignore

interface Connection {
  send(method: string, params: object): Promise<unknown>;
}

/**
 * Has Firefox collect its garbage, in every process; started with `FIREFOX_ITSELF`.
 * @throws where it gives no window of its own to do it in.
 */
export async function collectFirefoxGarbage(browser: Browser): Promise<void> {
  const connection: unknown = 'connection' in browser ? browser.connection : null;
  if (!isConnection(connection)) throw new Error('no WebDriver BiDi connection, expected one as puppeteer makes it');
  const tree = v.parse(treeSchema, await connection.send('browsingContext.getTree', { 'moz:scope': 'chrome' }));
  const [{ context }] = tree.result.contexts;
  await connection.send('script.evaluate', { expression: MINIMIZE, target: { context }, awaitPromise: true });
}

const isConnection = (value: unknown): value is Connection =>
  typeof value === 'object' && value !== null && 'send' in value && typeof value.send === 'function';
