/**
 * Where a page's worker starts: from a script of two lines that this page makes itself, and that loads the real one.
 *
 * A worker that is loaded from the network takes the Content-Security-Policy of its own response, and hosts of static files
 * send none: it could fetch from anywhere. One that begins at a `blob:` address takes the policy of the page that made it.
 */

/** What arrives before the real script has loaded is kept for it. */
const STARTER = (script: string): string => `
const early = [];
const keep = (event) => early.push(event);
addEventListener('message', keep);
import(${JSON.stringify(script)}).then(
  () => {
    removeEventListener('message', keep);
    for (const { data, ports } of early) dispatchEvent(new MessageEvent('message', { data, ports: [...ports] }));
  },
  () => postMessage(null),
);
`;

/** What the starter says when the real script cannot be loaded, in place of any other message. */
export const isNotLoaded = (event: MessageEvent<unknown>): boolean => event.data === null;

let url: string | undefined;

/**
 * @param script a page's one worker, as the build names it.
 * @returns gives the same address each time: the page's life long there is one starter
 */
export const starter = (script: string) => (): string => {
  url ??= URL.createObjectURL(new Blob([STARTER(new URL(script, document.baseURI).href)], { type: 'text/javascript' }));
  return url;
};

// The policy of the built page asks for it: no text becomes a script, or the address of one, but this one.
self.trustedTypes?.createPolicy('default', {
  createScriptURL: (given) => {
    if (given === url) return given;
    throw new TypeError(`this page starts no script at ${given}`);
  },
});
