import { createServer } from 'node:http';
import { expect, test, type Page } from './journey';
import { status } from './steps';

/** Tries to break the page's Content-Security-Policy, from the page and from inside its worker. */

test.use({ breaksPolicy: true });
test.setTimeout(60_000);

/** Another origin, which would answer anybody: whoever reaches it is noted. */
async function elsewhere(): Promise<{ url: string; asked: string[]; close: () => void }> {
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    const headers = { 'Access-Control-Allow-Origin': '*', 'Content-Type': 'text/javascript' };
    response.writeHead(200, headers).end('self.REACHED = true;');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : undefined;
  return { url: `http://127.0.0.1:${port}/`, asked, close: () => server.close() };
}

/** Whether `text`, run in the page, threw or was rejected. */
const fails = (page: Page, attempt: (url: string) => unknown, url: string): Promise<boolean> =>
  page.evaluate(attempt, url).then(
    () => false,
    () => true,
  );

test('neither the page nor its worker reaches another origin', async ({ page, policy }) => {
  const { url, asked, close } = await elsewhere();
  await page.goto('./');
  await expect(status(page)).toHaveText('ready');

  expect(await fails(page, (to) => fetch(to), `${url}page-fetch`)).toBe(true);
  expect(await fails(page, (to) => import(to), `${url}page-import`)).toBe(true);
  await page.evaluate((to) => navigator.sendBeacon(to, 'x'), `${url}beacon`);
  const closed = page.evaluate(
    (to) =>
      new Promise((done) => {
        const socket = new WebSocket(to.replace('http', 'ws'));
        socket.onerror = () => done('refused');
        socket.onopen = () => done('open');
      }),
    `${url}socket`,
  );
  expect(await closed.catch(() => 'refused')).toBe('refused');

  const worker = page.workers()[0]!;
  expect(worker.url()).toMatch(/^blob:/);
  const inWorker = (attempt: (to: string) => unknown, to: string): Promise<string> =>
    worker.evaluate(attempt, to).then(
      () => 'reached',
      (error: unknown) => String(error),
    );
  expect(await inWorker((to) => fetch(to), `${url}worker-fetch`)).not.toBe('reached');
  expect(await inWorker((to) => import(to), `${url}worker-import`)).not.toBe('reached');
  // Its own origin it may reach, and does: tasks' data lies there.
  expect(await inWorker((to) => fetch(to).then(({ status }) => status), new URL('icon.svg', page.url()).href)).toBe(
    'reached',
  );

  expect(asked).toEqual([]);
  expect(policy.some((refusal) => refusal.includes('connect-src'))).toBe(true);
  close();
});

test('no text becomes a script, and nothing is shown from elsewhere', async ({ page, baseURL }) => {
  const { url, asked, close } = await elsewhere();
  await page.goto('./');
  await expect(status(page)).toHaveText('ready');

  const outcomes = await page.evaluate(async () => {
    const attempts: Record<string, () => unknown> = {
      eval: (): unknown => globalThis.eval('self.RAN = "eval"'),
      Function: () => Reflect.construct(Function, ['self.RAN = "Function"']),
      innerHTML: () => (document.body.innerHTML += '<b>markup</b>'),
      insertAdjacentHTML: () => document.body.insertAdjacentHTML('beforeend', '<img src=x onerror="self.RAN = 1">'),
      'worker from the network': () => new Worker('./assets/anything.js'),
      'worker of its own': () => new Worker(URL.createObjectURL(new Blob(['postMessage(1)']))),
      'text of a script': () => (document.createElement('script').textContent = 'self.RAN = "script"'),
      'address of a script': () => (document.createElement('script').src = './assets/anything.js'),
      'another policy for scripts': () => self.trustedTypes?.createPolicy('mine', {}),
      'a second policy of the same name': () => self.trustedTypes?.createPolicy('default', {}),
    };
    const outcomes: Record<string, string> = {};
    for (const [name, attempt] of Object.entries(attempts))
      // A task of the page's own: what a test's driver evaluates may call eval.
      outcomes[name] = await new Promise<string>((done) => {
        setTimeout(() => {
          try {
            attempt();
            done('done');
          } catch {
            done('refused');
          }
        });
      });
    return outcomes;
  });
  expect(outcomes).toEqual(Object.fromEntries(Object.keys(outcomes).map((name) => [name, 'refused'])));

  await page.evaluate((to) => {
    const add = (name: string, attributes: Record<string, string>): void => {
      const element = document.createElement(name);
      try {
        for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
      } catch {
        // Some are refused when they are set.
      }
      document.body.append(element);
    };
    add('img', { src: `${to}img` });
    add('link', { rel: 'stylesheet', href: `${to}style` });
    add('link', { rel: 'modulepreload', href: `${to}preload` });
    add('iframe', { src: `${to}frame` });
    add('object', { data: `${to}object` });
    add('video', { src: `${to}video` });
    add('img', { src: './icon.svg', onload: 'self.RAN = "onload"' });
    add('p', { style: 'position: fixed', id: 'styled' });
    const style = document.createElement('style');
    style.textContent = 'body { --inline: yes }';
    document.head.append(style);
    const link = document.createElement('a');
    link.href = 'javascript:self.RAN = "javascript:"';
    document.body.append(link);
    link.click();
    const form = document.createElement('form');
    form.action = `${to}form`;
    document.body.append(form);
    form.submit();
  }, url);
  // What would have been asked for has arrived by the time that the page's own has come, one after the other.
  await page.evaluate(async () => {
    for (let at = 0; at < 20; at++) await (await fetch(`./icon.svg?${at}`)).text();
  });
  expect(asked).toEqual([]);
  expect(new URL(page.url()).origin).toBe(new URL(baseURL ?? '').origin);
  expect(await page.evaluate((): unknown => Reflect.get(self, 'RAN'))).toBeUndefined();
  const styles = await page.evaluate(() => ({
    inline: getComputedStyle(document.body).getPropertyValue('--inline'),
    position: getComputedStyle(document.querySelector('#styled') ?? document.body).position,
  }));
  expect(styles).toEqual({ inline: '', position: 'static' });
  close();
});
