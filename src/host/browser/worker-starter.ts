/**
 * Starts a page's worker: from a script of two lines that this page makes itself, and that loads the real one. A worker
 * that is loaded from the network takes the Content-Security-Policy of its own response, and hosts of static files send
 * none: it could fetch from anywhere. One that begins at a `blob:` address takes the policy of the page that made it.
 */

/** The starter's script: it keeps messages that arrive before the real script has loaded. */
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

/** Whether a message is the starter's sign that the real script cannot be loaded. */
export const isNotLoaded = (event: MessageEvent<unknown>): boolean => event.data === null;

let url: string | undefined;

/**
 * A function that returns the address of a page's starter, the same each time.
 * @param script a page's one worker, as the build names it.
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
