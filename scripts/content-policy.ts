// Writes a Content-Security-Policy into each built page, because hosts of static files send no headers.
import type { Plugin } from 'vite';

/** What one page may access beyond its own origin. */
export interface PageAllows {
  /** Origins it may fetch from, such as `https://example.org`; a page that names none reaches its own origin alone. */
  connect?: readonly string[];
}

/** An https origin; http on this machine alone, where a hub of the tests is. */
const ORIGIN = /^http:\/\/127\.0\.0\.1:\d+$|^https:\/\/(\*\.)?[a-z0-9-]+(\.[a-z0-9-]+)+$/;

/**
 * The policy of a page: scripts, styles, pictures, fonts and connections from the page's own origin alone, nothing inline
 * and no eval.
 *
 * Workers start from a `blob:` address alone, which gives them this same policy; one that is loaded from the network would
 * take the policy of its own response, and static hosts send none. Scripts take text from one Trusted Types policy, which
 * lets nothing pass but that address. Pictures may be `blob:` too: a chart is drawn from its own SVG.
 * @throws for a host that is not an https origin
 */
export function policyOf({ connect = [] }: PageAllows = {}): string {
  const strange = connect.find((origin) => !ORIGIN.test(origin));
  if (strange !== undefined)
    throw new Error(`content policy: expected an origin such as https://a.org, found ${strange}`);
  return [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "img-src 'self' blob:",
    "font-src 'self'",
    `connect-src ${["'self'", ...connect].join(' ')}`,
    'worker-src blob:',
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    'trusted-types default',
  ].join('; ');
}

/** The policy as the first thing in a page's head. */
export const policyTag = (policy: string): string =>
  `<meta http-equiv="Content-Security-Policy" content="${policy.replace(/"/g, '&quot;')}" />`;

/**
 * Writes its policy into every page that is built; the development server, whose reloading needs more, stays without.
 * @param pages by file name, such as `hub.html`: what that page may do beyond its own origin
 */
export function contentPolicy(pages: Readonly<Record<string, PageAllows>>): Plugin {
  return {
    name: 'content-policy',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { path }) {
        const tag = policyTag(policyOf(pages[path.replace(/^\//, '')]));
        const policed = html.replace(/<head>\s*/, (head) => `${head}${tag}\n    `);
        if (policed === html) throw new Error(`content policy: ${path} has no <head> to write it into`);
        return policed;
      },
    },
  };
}
